# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find an installed Python of a version, without starting any that has another one.

The shims of pyenv, which start a shell for each of its versions, are not started.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Interpreter", "choose", "find", "installed", "own_version"]

_EXECUTABLE = re.compile(r"python(3\.\d+)")


class Interpreter(NamedTuple):
    """A Python of this machine."""

    version: tuple[int, ...]
    """Major and minor, and the third number if it is in its path."""
    path: str

    @property
    def text(self) -> str:
        """Its version as text."""
        return ".".join(map(str, self.version))


def own_version() -> str:
    """Return the version of this Python, e.g. ``3.11``."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def choose(constraint: str | None) -> str:
    """Return the version of Python that a constraint such as ``3.11`` or ``>=3.10,<3.13`` means.

    It is the one of this Python if that is allowed, else the lowest of the installed ones, else the lowest possible.
    """
    if not constraint:
        return own_version()
    if re.fullmatch(r"3\.\d+(\.\d+)?", constraint):
        return constraint
    try:
        allowed = SpecifierSet(constraint)
    except InvalidSpecifier:
        allowed = None
    known = [f"3.{minor}" for minor in range(6, 20)]
    possible = [each for each in known if allowed is not None and any(allowed.contains(f"{each}.{n}") for n in (0, 99))]
    if not possible:
        raise InvalidInputError(
            f"python: {constraint!r} is not a version of Python: write 3.11, or a range as >=3.10,<3.13", field="python"
        )
    here = {".".join(map(str, each.version[:2])) for each in installed()}
    return own_version() if own_version() in possible else next((v for v in possible if v in here), possible[0])


def find(version: str, *, nearest: bool = False) -> Interpreter:
    """Return an installed Python of a version.

    Parameters
    ----------
    version
        ``3.11``, or ``3.11.7``, for which any 3.11 is used if that one is not installed.
    nearest
        Whether another version is used if there is none: the next one above, else the next one below.

    Raises
    ------
    InvalidInputError
        If there is none.
    """
    wanted = tuple(map(int, version.split(".")))
    found = list(installed())
    exact = next((each for each in found if each.version[: len(wanted)] == wanted), None)
    exact = exact or next((each for each in found if each.version[:2] == wanted[:2]), None)
    if exact is not None:
        return exact
    others = sorted({each.version[:2] for each in found})
    if nearest and others:
        best = next((each for each in others if each > wanted[:2]), others[-1])
        return next(each for each in found if each.version[:2] == best)
    names = ", ".join(".".join(map(str, each)) for each in others)
    raise InvalidInputError(
        f"Python {version} is not installed here (found: {names}): install it, e.g. with: uv python install {version}; "
        "or write 'environments: {python: nearest}' in workspace.yml to use the next version",
        field="python",
    )


def installed() -> Iterator[Interpreter]:
    """Yield the installed Pythons, this one first, each executable once."""
    own = getattr(sys, "_base_executable", "") or sys.executable
    yield Interpreter(tuple(sys.version_info[:3]), own)
    for path in _candidates():
        match = _EXECUTABLE.fullmatch(path.name)
        if match and os.access(path, os.X_OK):
            full = re.search(rf"{re.escape(match[1])}\.\d+", str(path.parent))
            yield Interpreter(tuple(map(int, (full[0] if full else match[1]).split("."))), str(path))


def _candidates() -> Iterator[Path]:
    """Yield executables that may be a Python."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    managed = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and Path(folder) != pyenv / "shims" and not (Path(folder).parent / "pyvenv.cfg").exists():
            yield from _executables(Path(folder))
    for place in (pyenv / "versions", managed):
        for version in sorted(_entries(place)):
            yield from _executables(version / "bin")
    for folder in ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"):
        yield from _executables(Path(folder))


def _executables(folder: Path) -> Iterator[Path]:
    yield from (each for each in _entries(folder) if _EXECUTABLE.fullmatch(each.name))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
