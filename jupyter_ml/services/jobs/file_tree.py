# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""One tree of all files of a job: what its last attempt wrote, its run's artifacts, and the models that it logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from jupyter_ml.errors import NotFoundError, UnavailableError
from jupyter_ml.services.jobs.file_sources import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jupyter_ml.services.jobs.file_sources import FileSource

__all__ = ["FileTree", "Mount", "TreeEntry"]


class Mount(NamedTuple):
    """A source, and the directory of the tree at which its content appears."""

    path: str
    source: FileSource
    is_artifact: bool
    """Whether MLflow has what is there."""


class TreeEntry(NamedTuple):
    """A file or directory of the tree."""

    path: str
    entry: Entry
    is_artifact: bool


class FileTree:
    """A tree in which several sources overlap: of two files with one path, the first source's counts.

    Parameters
    ----------
    mounts
        The sources, the preferred ones first.
    problems
        What is known to be missing, for the user.
    """

    def __init__(self, mounts: Sequence[Mount], problems: Sequence[str] = ()) -> None:
        self._mounts = mounts
        self.problems = list(problems)
        """What could not be read so far, for the user."""

    def entries(self, path: str, *, local: bool = False) -> list[TreeEntry]:
        """Return what is directly in a directory, directories first, by name; nothing if it does not exist.

        With `local`, only sources on the local disk are read.
        """
        found: dict[str, TreeEntry] = {}
        for mount in self._mounts:
            if local and not mount.source.is_local:
                continue
            for entry in self._of_mount(mount, path):
                inner = f"{path}/{entry.name}" if path else entry.name
                known = found.setdefault(entry.name, TreeEntry(inner, entry, mount.is_artifact))
                if mount.is_artifact and known.entry.is_folder == entry.is_folder:
                    found[entry.name] = known._replace(is_artifact=True)
        return sorted(found.values(), key=lambda each: (not each.entry.is_folder, each.entry.name))

    def find(self, path: str) -> TreeEntry | None:
        """Return a file or directory; None if it does not exist."""
        parent, _, name = path.rpartition("/")
        return next((each for each in self.entries(parent) if each.entry.name == name), None)

    def walk(self, path: str = "", *, local: bool = False) -> Iterator[TreeEntry]:
        """Yield all files in a directory and below it, those of a directory before those of its directories.

        With `local`, only sources on the local disk are read.
        """
        waiting = [path]
        while waiting:
            found = self.entries(waiting.pop(), local=local)
            yield from (each for each in found if not each.entry.is_folder)
            waiting += [each.path for each in reversed(found) if each.entry.is_folder]

    def open(self, path: str) -> BinaryIO:
        """Open a file.

        Raises
        ------
        NotFoundError
            When no source has it.
        UnavailableError
            When a source that may have it does not answer.
        """
        problem: Exception | None = None
        for mount in self._mounts:
            inside = _below(mount.path, path)
            if inside is None:
                continue
            try:
                return mount.source.open(inside)
            except NotFoundError:
                continue
            except UnavailableError as error:
                problem = error
        raise problem or NotFoundError(f"there is no file {path!r}")

    def _of_mount(self, mount: Mount, path: str) -> Iterator[Entry]:
        inside = _below(mount.path, path)
        above = _below(path, mount.path)
        if inside is not None:
            yield from self._read(lambda: list(mount.source.entries(inside)))
        elif above:
            yield Entry(above.partition("/")[0], is_folder=True)

    def _read(self, read: Callable[[], list[Entry]]) -> list[Entry]:
        try:
            return read()
        except UnavailableError as error:
            if str(error) not in self.problems:
                self.problems.append(str(error))
            return []


def _below(directory: str, path: str) -> str | None:
    """Return a path relative to a directory that contains it or is equal to it; None if it is elsewhere."""
    if path == directory:
        return ""
    prefix = f"{directory}/" if directory else ""
    return path.removeprefix(prefix) if path.startswith(prefix) else None
