# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A virtual environment of an attempt's own, on top of the one that it runs in.

What a job installs lands there and goes with the attempt: the environment below, which may be JupyterLab's own, stays
as it is. It consists of a link, a note and a few scripts, and is there in a millisecond.
"""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Self

from jupyter_ml.executor.pythons import describe, is_python
from jupyter_ml.schemas.launch import BELOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.executor.pythons import Python

__all__ = ["Layer"]

PIP = '#!/bin/sh\nexec {python} -m pip "$@"\n'
CONDA = """#!/bin/sh
case "$1" in
install | update | upgrade | remove | uninstall)
    echo "{name} $1: a job does not change the environment that it runs in. What 'pip install' installs is there" \\
        "until the job ends; everything else has to be installed before the job is submitted." >&2
    exit 1 ;;
esac
exec {program} "$@"
"""
ADD_SITE = "import site; site.addsitedir({folder!r})\n"


class Layer:
    """The environment; making one writes it.

    Parameters
    ----------
    folder
        Where it lies.
    below
        What it is on top of.

    Raises
    ------
    OSError
        Where it cannot be written.

    Attributes
    ----------
    python : str
        What starts Python in it.
    packages : Path
        Where installed packages go.
    """

    def __init__(self, folder: Path, below: Python) -> None:
        self._below = below
        self.packages = folder / "lib" / f"python{below.version}" / "site-packages"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._folder = _without_separator(folder)
        self._programs = self._folder / "bin"
        self.python = str(self._programs / "python")
        self._programs.mkdir()
        self.packages.mkdir(parents=True)
        home = Path(below.base).parent
        note = {
            "home": home,
            "include-system-site-packages": "false",
            "version": below.version,
            BELOW: below.executable,
        }
        (folder / "pyvenv.cfg").write_text("".join(f"{key} = {value}\n" for key, value in note.items()))
        sites = "".join(ADD_SITE.format(folder=site) for site in below.sites)
        (self.packages / "zzz_below.pth").write_text(sites)  # its own come first: they are read in the order of names
        for name in ("python", "python3", f"python{below.version}"):
            (self._programs / name).symlink_to(below.base)
        for name in ("pip", "pip3", f"pip{below.version}"):
            self._write(name, PIP.format(python=shlex.quote(self.python)))

    @classmethod
    def of(cls, folder: Path, program: str) -> Self:
        """Return one for a program: on top of its environment where it is a Python, else on top of ours."""
        python = (describe(program) if is_python(program) else None) or describe(sys.executable)
        assert python is not None
        return cls(folder, python)

    def start(self, program: str) -> str:
        """Return what starts a kernel's program: a Python starts from here, all others from where they are."""
        return self.python if is_python(program) else program

    def environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return `env` as it is in the environment: its programs come first, Jupyter's files are those from below."""
        path = env.get("PATH", os.defpath)
        for name in ("conda", "mamba", "micromamba"):
            if program := shutil.which(name, path=path):
                self._write(name, CONDA.format(name=name, program=shlex.quote(program)))
        below = Path(self._below.prefix)
        return {
            **env,
            "VIRTUAL_ENV": str(self._folder),
            "PATH": os.pathsep.join([str(self._programs), path]),
            "JUPYTER_PATH": _added(env.get("JUPYTER_PATH"), below / "share" / "jupyter"),
            "JUPYTER_CONFIG_PATH": _added(env.get("JUPYTER_CONFIG_PATH"), below / "etc" / "jupyter"),
        }

    def installed(self) -> bool:
        """Tell whether the job has installed something."""
        return any(self.packages.glob("*.dist-info"))

    def _write(self, name: str, script: str) -> None:
        file = self._programs / name
        file.write_text(script)
        file.chmod(0o755)


def _without_separator(folder: Path) -> Path:
    """Return a path of `folder` that ``PATH`` can hold: where it has a colon, a link that goes with this process."""
    if os.pathsep not in str(folder):
        return folder
    private = Path(mkdtemp(prefix="jupyter-ml-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    link = private / "environment"
    link.symlink_to(folder.absolute(), target_is_directory=True)
    return link


def _added(value: str | None, folder: Path) -> str:
    return os.pathsep.join(filter(None, [value, str(folder)]))
