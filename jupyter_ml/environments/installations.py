# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The installed environments of a workspace: where they are, and whether one is complete, being built or failed.

A directory with the name of an identity is complete, because it is renamed to that name at the end of its build. What
is known of a definition besides, such as its lock, is in the directory ``state`` and remains when it is removed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.environments import EnvironmentBuild
from jupyter_ml.schemas.locks import packages_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Installations"]

NOTE = "jupyter-ml.json"
"""File in an environment that describes its build."""


@dataclass(frozen=True)
class Installations:
    """The directory with the environments of a workspace."""

    folder: Path

    def path(self, identity: str) -> Path:
        """Return the directory of an environment, which exists if it is installed."""
        return self.folder / identity

    def python(self, identity: str) -> Path | None:
        """Return the Python of an environment; None if it is not installed."""
        program = self.path(identity) / "bin" / "python"
        return program if (self.path(identity) / NOTE).exists() and program.exists() else None

    def lock_file(self, identity: str) -> Path:
        """Return the file with the versions that a definition was resolved to."""
        return self.folder / "state" / f"{identity}.txt"

    def error_file(self, identity: str) -> Path:
        """Return the file with the reason of the last build, if it failed."""
        return self.folder / "state" / f"{identity}.error"

    def flock_file(self, identity: str) -> Path:
        """Return the file that a build of an environment has locked."""
        return self.folder / "state" / f"{identity}.flock"

    def write_step(self, descriptor: int, step: str) -> None:
        """Show others what a build does now, by the descriptor that `building` yields."""
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, step.encode(), 0)

    @contextmanager
    def building(self, identity: str) -> Iterator[int]:
        """Exclude other builds of an environment; yield the descriptor that holds the lock."""
        with self._locked(identity, fcntl.LOCK_EX) as descriptor:
            yield descriptor

    @contextmanager
    def temporary(self, identity: str) -> Iterator[Path]:
        """Yield a directory to build in, after removing those of builds that were killed."""
        for left in self.folder.glob(f"building-{identity}-*"):
            shutil.rmtree(left, ignore_errors=True)
        path = self.folder / f"building-{identity}-{os.getpid()}"
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def write_note(self, folder: Path, **note: Any) -> None:
        """Describe the build of an environment in its directory."""
        (folder / NOTE).write_text(json.dumps(note), encoding="utf-8")

    def read_note(self, identity: str) -> dict[str, Any]:
        """Return what describes the build of an environment; nothing if it is not complete."""
        text = _text(self.path(identity) / NOTE)
        return json.loads(text) if text else {}

    def describe(self, identity: str, *, details: bool = True) -> EnvironmentBuild:
        """Return whether an environment is installed, and with `details` what is in it."""
        if self.python(identity) is not None:
            note = self.read_note(identity)
            found = EnvironmentBuild(identity=identity, state="built", path=str(self.path(identity)), **note)
        elif self._is_locked(identity):
            step = _text(self.flock_file(identity)) or None
            found = EnvironmentBuild(identity=identity, state="building", message=step)
        else:
            error = _text(self.error_file(identity))
            found = EnvironmentBuild(identity=identity, state="failed" if error else "not_built", message=error)
        lock = _text(self.lock_file(identity)) if details else None
        return found if lock is None else found.model_copy(update={"lock": lock, "packages": packages_of(lock)})

    def installed(self) -> list[str]:
        """Return the identities of the installed environments."""
        with suppress(FileNotFoundError):
            return sorted(path.parent.name for path in self.folder.glob(f"*/{NOTE}"))
        return []

    def remove(self, identity: str) -> int:
        """Remove an installation, but not its lock, and return how many bytes it had."""
        with self.building(identity) as lock:
            self.write_step(lock, "Remove")
            if not self.path(identity).exists():
                return 0
            size = size_of(self.path(identity))
            removed = self.folder / f"building-{identity}-removed"  # not half of it is there if this is killed
            shutil.rmtree(removed, ignore_errors=True)
            self.path(identity).rename(removed)
            shutil.rmtree(removed, ignore_errors=True)
        return size

    def _is_locked(self, identity: str) -> bool:
        try:
            with self._locked(identity, fcntl.LOCK_SH | fcntl.LOCK_NB, create=False):
                return False
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True

    @contextmanager
    def _locked(self, identity: str, how: int, *, create: bool = True) -> Iterator[int]:
        if create:
            (self.folder / "state").mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.flock_file(identity), os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield descriptor
        finally:
            os.close(descriptor)


def size_of(folder: Path) -> int:
    """Return the size of the files in a directory."""
    return sum(Path(top, name).lstat().st_size for top, _, names in os.walk(folder) for name in names)


def _text(file: Path) -> str | None:
    with suppress(FileNotFoundError):
        return file.read_text(encoding="utf-8")
    return None
