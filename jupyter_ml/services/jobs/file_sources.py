# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where files of a job can be: in the directory of an attempt, an artifact directory, an artifact store."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from jupyter_ml.errors import NotFoundError
from jupyter_ml.storage import nofollow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.storage.nofollow import Found
    from jupyter_ml.tracking.repositories import RemoteArtifacts

__all__ = ["AttemptSource", "Entry", "FileSource", "LocalSource", "RemoteSource"]


class Entry(NamedTuple):
    """A file or directory."""

    name: str
    is_folder: bool
    size: int | None = None
    """None for a directory, and where a store does not tell it."""
    modified: float | None = None


class FileSource(Protocol):
    """Files below one directory or address; paths are relative to it, with slashes.

    Its methods raise UnavailableError when the source does not answer.
    """

    is_local: bool
    """Whether it is on the local disk, so that reading a directory takes no time."""

    def entries(self, path: str) -> Iterable[Entry]:
        """Return what is directly in a directory; nothing if it does not exist."""

    def open(self, path: str) -> BinaryIO:
        """Open a file; NotFoundError if it does not exist."""


class LocalSource:
    """A directory on the local disk; no link in it is followed, because running jobs write there."""

    is_local = True

    def __init__(self, root: Path) -> None:
        self._root = root

    def entries(self, path: str) -> Iterable[Entry]:
        """Return the regular files and directories in a directory."""
        return [_entry(found.path, found) for found in nofollow.entries(self._root, path) if _is_listed(found)]

    def open(self, path: str) -> BinaryIO:
        """Open a regular file."""
        try:
            return nofollow.open_file(self._root, path)
        except (OSError, ValueError) as error:  # it was deleted, or is not a path
            raise NotFoundError(f"there is no file {path!r}") from error


class AttemptSource:
    """The files in the directory of an attempt that concern the user, by the names under which results are stored."""

    is_local = True

    def __init__(self, folder: AttemptFolder) -> None:
        self._folder, self._inner = folder, LocalSource(folder.path)

    def entries(self, path: str) -> Iterable[Entry]:
        """Return the files and directories in a directory."""
        names = self._names()
        if path:
            inside = _inside(names, path)
            return [] if inside is None else self._inner.entries(inside)
        return [entry for name, path in names.items() for entry in self._top(name, path)]

    def open(self, path: str) -> BinaryIO:
        """Open a file."""
        return self._inner.open(_inside(self._names(), path) or "")

    def _names(self) -> Mapping[str, str]:
        """Return the path of each name at the top: of a stored result, or of one that grows while the job runs."""
        folder = self._folder
        stored = nofollow.is_folder(folder.path, folder.stored_outputs.name)
        outputs = folder.stored_outputs if stored else folder.outputs
        logs = (folder.std_log, folder.process_logs, folder.log)
        files = (folder.output, *logs, folder.packages, outputs, folder.stored_files)
        return {path.name: path.relative_to(folder.path).as_posix() for path in files}

    def _top(self, name: str, path: str) -> Iterable[Entry]:
        found = nofollow.find(self._folder.path, path)
        if found is not None and found.is_file:
            yield _entry(name, found)
        elif nofollow.is_folder(self._folder.path, path):
            yield Entry(name, is_folder=True)


class RemoteSource:
    """Artifacts in a store that is not on the local disk."""

    is_local = False

    def __init__(self, artifacts: RemoteArtifacts) -> None:
        self._artifacts = artifacts

    def entries(self, path: str) -> Iterable[Entry]:
        """Return the files and directories in a directory."""
        return [Entry(found.name, found.is_folder, found.size) for found in self._artifacts.entries(path)]

    def open(self, path: str) -> BinaryIO:
        """Copy a file to the local disk, and open the copy."""
        return self._artifacts.open(path)


def _is_listed(found: Found) -> bool:
    return found.is_file or found.is_folder


def _entry(name: str, found: Found) -> Entry:
    if found.is_folder:
        return Entry(name, is_folder=True)
    return Entry(name, is_folder=False, size=found.status.st_size, modified=found.status.st_mtime)


def _inside(names: Mapping[str, str], path: str) -> str | None:
    """Return the path in the directory of an attempt for a path in the listing; None for any other."""
    top, slash, rest = path.partition("/")
    start = names.get(top)
    return None if start is None else f"{start}{slash}{rest}"
