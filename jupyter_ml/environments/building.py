# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build an environment: resolve its packages, install them, and check that a notebook can run in it.

However many processes need an environment, one builds it, and the others wait. A build that is killed leaves nothing:
the environment is installed in a temporary directory, which is renamed at the end.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ml.environments.bytecode import compile_packages
from jupyter_ml.environments.installations import size_of
from jupyter_ml.environments.kernelspecs import write_own_kernelspec
from jupyter_ml.environments.pythons import find
from jupyter_ml.environments.support import support_path
from jupyter_ml.environments.uv import run_uv
from jupyter_ml.errors import InvalidInputError, JupyterMLError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.locks import packages_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_ml.environments.installations import Installations
    from jupyter_ml.environments.pythons import Interpreter
    from jupyter_ml.schemas.environment_definition import Definition

__all__ = ["BROKEN", "STEPS", "Progress", "build", "build_once", "resolved"]

Progress = Callable[[int, str], None]
STEPS = 4
"""How many steps a build reports."""
CHECK_S = 120
BROKEN = (
    "ipykernel, with which notebooks run, does not work with the packages of the environment ({}): change the version "
    "of the package that is named"
)
"""What is wrong with an environment in which no kernel can start."""
_YANKED = re.compile(r"^warning: (.*yanked.*)$", re.MULTILINE)


def build(
    installations: Installations,
    definition: Definition,
    *,
    nearest: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Return the directory of an environment, which is built if it does not exist.

    Parameters
    ----------
    installations
        The environments of the workspace.
    definition
        What is installed.
    nearest
        Whether another version of Python is used if that of the definition is not installed.
    progress
        Called at each step with the number of steps that are done, and a description of the next one.

    Raises
    ------
    InvalidInputError
        If there is no such Python, or the packages cannot be resolved or installed together.
    UnavailableError
        If uv is not installed, or no package index can be reached.
    """
    identity = definition.identity

    def make(folder: Path, lock: int) -> None:
        python = find(definition.python, nearest=nearest)
        _Build(installations, definition, python, folder, lock, progress).run()

    return build_once(installations, identity, lambda: installations.python(identity) is not None, make)


def build_once(
    installations: Installations, identity: str, exists: Callable[[], bool], make: Callable[[Path, int], None]
) -> Path:
    """Return a directory, which one process creates if it does not exist, all at once; others wait.

    Parameters
    ----------
    installations
        The environments of the workspace.
    identity
        Its name.
    exists
        Returns whether it exists.
    make
        Creates a temporary directory, which is renamed then. It gets the descriptor of a lock, which uv inherits: the
        lock is held as long as uv runs.
    """
    path, error_file = installations.path(identity), installations.error_file(identity)
    if exists():
        return path
    with installations.building(identity) as lock:
        if exists():
            return path
        try:
            with installations.temporary(identity) as folder:
                make(folder, lock)
                folder.rename(path)
        except JupyterMLError as error:
            error_file.write_text(str(error), encoding="utf-8")
            raise
        error_file.unlink(missing_ok=True)
        return path


def resolved(
    file: Path, definition: Definition, python: str, options: Sequence[str], uv: Callable[..., tuple[str, str]]
) -> str:
    """Return the lock of a definition, which is resolved once: a later build installs the same versions.

    Parameters
    ----------
    file
        Where the lock is.
    definition
        What is resolved.
    python
        Version of Python.
    options
        Options of uv that name the Python or the platform.
    uv
        Runs uv with arguments and a standard input.
    """
    header = f"# Python {python}\n"
    if file.exists() and (known := file.read_text(encoding="utf-8")).startswith(header):
        return known
    date = definition.exclude_newer
    given = ["--generate-hashes", "--no-header", "--no-annotate", *options, *definition.options]
    given += ["--exclude-newer", date] if date else []
    found, _ = uv(["pip", "compile", "-", *given], "\n".join(definition.requirements))
    temporary = file.with_suffix(".tmp")
    temporary.write_text(header + found, encoding="utf-8")
    temporary.replace(file)
    return header + found


@dataclass(frozen=True)
class _Build:
    """One build of an environment in a temporary directory."""

    installations: Installations
    definition: Definition
    python: Interpreter
    folder: Path
    lock: int
    progress: Progress | None

    def run(self) -> None:
        """Install the packages, and write how that went."""
        began, notes = time.monotonic(), self._differences()
        self._step(0, "Resolve packages")
        packages = packages_of(self._resolved())
        self._step(1, f"Install {len(packages)} packages")
        self._uv(["venv", "--relocatable", "--no-project", "--python", self.python.path, str(self.folder)])
        own = self.folder / "bin" / "python"
        if packages:
            locked = str(self.installations.lock_file(self.definition.identity))
            _, messages = self._uv(["pip", "sync", "--python", str(own), *self.definition.options, locked])
            notes += _YANKED.findall(messages)
        [place] = self.folder.glob("lib/python*/site-packages")
        version = place.parent.name.removeprefix("python")
        compile_packages(own, version, place)
        self._step(2, "Install what notebooks need")
        support = support_path(self.installations.folder, self.python)
        (place / "zzz_jupyter_ml.pth").write_text(f"{support}\n")  # after the packages of its own
        self._step(3, "Check")
        _check(own)
        final = self.installations.path(self.definition.identity)
        write_own_kernelspec(self.folder, str(final / "bin" / "python"), self.definition)
        self.installations.write_note(
            self.folder,
            python=version,
            message=" ".join(notes) or None,
            bytes=size_of(self.folder),
            built_at=now().isoformat(),
            build_s=round(time.monotonic() - began, 3),
        )

    def _step(self, done: int, step: str) -> None:
        self.installations.write_step(self.lock, step)
        if self.progress is not None:
            self.progress(done, step)

    def _differences(self) -> list[str]:
        wanted, found = self.definition.python, self.python.version
        differs = any(text != str(number) for text, number in zip(wanted.split("."), found, strict=False))
        return [f"Python {wanted} is not installed here: Python {self.python.text} is used."] if differs else []

    def _resolved(self) -> str:
        file = self.installations.lock_file(self.definition.identity)
        minor = ".".join(map(str, self.python.version[:2]))
        return resolved(file, self.definition, minor, ["--python", self.python.path], self._uv)

    def _uv(self, arguments: list[str], stdin: str | None = None) -> tuple[str, str]:
        return run_uv(arguments, cwd=self.installations.folder, stdin=stdin, keep_open=self.lock)


def _check(python: Path) -> None:
    """Raise InvalidInputError if no kernel could start in an environment, e.g. because of one of its pins."""
    command = [str(python), "-c", "import ipykernel.kernelapp"]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=CHECK_S, check=False, env={"PATH": ""}
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise InvalidInputError(BROKEN.format(last))
