# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Describe an installation of Python, this one or another, before a program is started with it."""

from __future__ import annotations

import json
import os
import re
import site
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Python", "describe", "is_python"]

VARIABLES = ("HOME", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONPATH", "PYTHONUSERBASE")
"""Variables that determine from where a Python imports."""
DESCRIBE_S = 10
"""Timeout of another Python, in seconds."""


@dataclass(frozen=True)
class Python:
    """An installation of Python.

    Attributes
    ----------
    executable
        Its executable.
    base
        Executable of the installation on which a virtual environment is based; else the same.
    prefix
        Its folder.
    version
        Its version, e.g. ``3.12``.
    sites
        Folders with its packages, in the order of the import path.
    path
        Its import path.
    """

    executable: str
    base: str
    prefix: str
    version: str
    sites: list[str]
    path: list[str]


def is_python(program: str) -> bool:
    """Return whether the name of a program is that of a Python."""
    return re.fullmatch(r"python(\d(\.\d+)?)?", Path(program).name) is not None


def describe(executable: str, env: Mapping[str, str] = os.environ) -> Python | None:
    """Return the description of a Python that runs with the variables `env`; None if the program is not a Python."""
    own = os.path.dirname(executable) == os.path.dirname(sys.executable)  # noqa: PTH120 -- links are not to be followed
    if own and all(env.get(name) == os.environ.get(name) for name in VARIABLES):
        return _own()
    config = Path(executable).parent.parent / "pyvenv.cfg"
    changed = config.stat().st_mtime_ns if config.is_file() else None
    given = tuple((name, env[name]) for name in (*VARIABLES, "PATH", "LD_LIBRARY_PATH") if name in env)
    return _other(executable, given, changed)


@lru_cache(maxsize=100)
def _other(executable: str, variables: tuple[tuple[str, str], ...], _changed: int | None) -> Python | None:
    """Ask a Python, once until its environment is created again."""
    try:
        command = [executable, "-c", Path(__file__).read_text(encoding="utf-8")]
        done = subprocess.run(command, env=dict(variables), capture_output=True, check=True, timeout=DESCRIBE_S)
        return Python(**{**json.loads(done.stdout), "executable": executable})
    except (OSError, TypeError, ValueError, subprocess.SubprocessError):
        return None


def _own() -> Python:
    users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return Python(
        executable=sys.executable,
        base=getattr(sys, "_base_executable", "") or sys.executable,
        prefix=sys.prefix,
        version="{}.{}".format(*sys.version_info),
        sites=[*users, *site.getsitepackages()],
        path=[folder for folder in sys.path if folder],
    )


if __name__ == "__main__":
    print(json.dumps(asdict(_own())))  # noqa: T201
