# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What there is to know of a Python, ours or another one, before something is started with it."""

from __future__ import annotations

import json
import os
import re
import site
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Python", "describe", "is_python"]

DESCRIBE_S = 10
"""How long another Python may take to answer."""


@dataclass(frozen=True)
class Python:
    """An installation of Python.

    Attributes
    ----------
    executable
        What starts it.
    base
        What starts the installation that a virtual environment was made of; without one, the same.
    prefix
        Its folder.
    version
        As ``3.12``.
    sites
        Folders with its packages, the one first that is looked at first.
    path
        All folders from which it imports.
    """

    executable: str
    base: str
    prefix: str
    version: str
    sites: list[str]
    path: list[str]


def is_python(program: str) -> bool:
    """Tell whether a program is a Python, by its name."""
    return re.fullmatch(r"python(\d(\.\d+)?)?", Path(program).name) is not None


def describe(executable: str) -> Python | None:
    """Return what a Python says of itself; None where the program is none."""
    if os.path.dirname(executable) == os.path.dirname(sys.executable):  # noqa: PTH120 -- links are not to be followed
        return _own()
    try:
        command = [executable, "-c", Path(__file__).read_text(encoding="utf-8")]
        done = subprocess.run(command, capture_output=True, check=True, timeout=DESCRIBE_S)
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
