# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create a virtual environment for an attempt, on top of the environment in which it runs.

Packages that a job installs are installed there and removed with the attempt: the base environment, which may be
JupyterLab's own, does not change. It consists of a link, ``pyvenv.cfg`` and a few scripts, and takes a millisecond.
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

from jupyter_ml.executor.python_installation import describe, is_python
from jupyter_ml.schemas.launch import OVERLAY_BASE
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.executor.python_installation import Python

__all__ = ["Overlay"]

PIP = '#!/bin/sh\nexec {python} -m pip "$@"\n'
CONDA = """#!/bin/sh
case "$1" in
install | update | upgrade | remove | uninstall)
    echo "{name} $1: a job does not change the environment that it runs in. Packages of 'pip install' are available" \\
        "until the job ends; everything else has to be installed before the job is submitted." >&2
    exit 1 ;;
esac
exec {program} "$@"
"""
DATASTORES = ("jupyter_ml", "storage", "azureml.py")
"""Where the file system of datastores is below an import path."""
PROTOCOL = "[fsspec.specs]\nazureml = jupyter_ml.storage.azureml:AzureMLFileSystem\n"
ADD_SITE = "import site; site.addsitedir({folder!r})\n"


class Overlay:
    """A virtual environment; creating an instance writes it.

    Parameters
    ----------
    folder
        Its folder.
    base
        The Python of the base environment.
    keep
        Whether packages stay that are in the folder already.

    Raises
    ------
    OSError
        If it cannot be written.

    Attributes
    ----------
    python : str
        Its Python executable.
    packages : Path
        Its site-packages.
    """

    def __init__(self, folder: Path, base: Python, *, keep: bool = False) -> None:
        self._base = base
        self.packages = folder / "lib" / f"python{base.version}" / "site-packages"
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=keep)
        self._folder = _without_separator(folder)
        self._programs = self._folder / "bin"
        self.python = str(self._programs / "python")
        self._programs.mkdir(exist_ok=keep)
        self.packages.mkdir(parents=True, exist_ok=keep)
        home = Path(base.base).parent
        note = {
            "home": home,
            "include-system-site-packages": "false",
            "version": base.version,
            OVERLAY_BASE: base.executable,
        }
        (folder / "pyvenv.cfg").write_text("".join(f"{key} = {value}\n" for key, value in note.items()))
        sites = "".join(ADD_SITE.format(folder=site) for site in base.sites)
        (self.packages / "zzz_base.pth").write_text(sites)  # read in alphabetical order, after its own packages
        if any(Path(path, *DATASTORES).exists() for path in base.path):
            self._add_protocol()
        for name in ("python", "python3", f"python{base.version}"):
            (self._programs / name).unlink(missing_ok=True)
            (self._programs / name).symlink_to(base.base)
        for name in ("pip", "pip3", f"pip{base.version}"):
            self._write(name, PIP.format(python=shlex.quote(self.python)))

    @classmethod
    def of(cls, folder: Path, program: str, env: Mapping[str, str], *, keep: bool = False) -> Self:
        """Return an environment for a program: on top of the program's if it is a Python, else on top of ours.

        `env` contains the variables with which the program is going to run.
        """
        python = (describe(program, env) if is_python(program) else None) or describe(sys.executable)
        assert python is not None
        return cls(folder, python, keep=keep)

    def start(self, program: str) -> str:
        """Return the program to start instead of a kernel's: this environment's Python for a Python, else the same."""
        return self.python if is_python(program) else program

    def environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return `env` as it is in the environment: its programs come first, Jupyter's files are those of the base."""
        path = env.get("PATH", os.defpath)
        for name in ("conda", "mamba", "micromamba"):
            if program := shutil.which(name, path=path):
                self._write(name, CONDA.format(name=name, program=shlex.quote(program)))
        prefix = Path(self._base.prefix)
        return {
            **env,
            "VIRTUAL_ENV": str(self._folder),
            "PATH": os.pathsep.join([str(self._programs), path]),
            "JUPYTER_PATH": _added(env.get("JUPYTER_PATH"), prefix / "share" / "jupyter"),
            "JUPYTER_CONFIG_PATH": _added(env.get("JUPYTER_CONFIG_PATH"), prefix / "etc" / "jupyter"),
        }

    def _add_protocol(self) -> None:
        """Make fsspec read ``azureml://`` by our class: it uses the first one on the import path.

        An egg-info directory does not count as a package that the job has installed.
        """
        info = self.packages / "jupyter_ml_datastores.egg-info"
        info.mkdir(exist_ok=True)
        (info / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: jupyter-ml-datastores\nVersion: {__version__}\n")
        (info / "entry_points.txt").write_text(PROTOCOL)

    def installed(self) -> bool:
        """Return whether the job has installed packages."""
        return any(self.packages.glob("*.dist-info"))

    def _write(self, name: str, script: str) -> None:
        file = self._programs / name
        file.write_text(script)
        file.chmod(0o755)


def _without_separator(folder: Path) -> Path:
    """Return a path of `folder` for ``PATH``: if it contains a colon, a link that this process removes at exit."""
    if os.pathsep not in str(folder):
        return folder
    private = Path(mkdtemp(prefix="jupyter-ml-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    link = private / "environment"
    link.symlink_to(folder.absolute(), target_is_directory=True)
    return link


def _added(value: str | None, folder: Path) -> str:
    return os.pathsep.join(filter(None, [value, str(folder)]))
