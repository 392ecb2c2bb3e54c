# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files below a directory that a running program may change: no link is followed, and only regular files are opened.

Every part of a path is opened below the descriptor of the one before it, with ``O_NOFOLLOW``. So it does not matter
what becomes a link in between.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = [
    "Found",
    "entries",
    "find",
    "folder",
    "hard_link",
    "is_folder",
    "move",
    "open_file",
    "remove",
    "walk",
]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Found(NamedTuple):
    """A file, a directory, or anything else that has a name."""

    path: str
    """Relative to where the search began, with slashes."""
    status: os.stat_result
    """Of the file itself, not of the target of a link."""

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: not a link, pipe, socket or device."""
        return stat.S_ISREG(self.status.st_mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is a directory."""
        return stat.S_ISDIR(self.status.st_mode)


@contextmanager
def folder(root: Path, path: str = "") -> Iterator[int]:
    """Open the directory `path` below `root`, and yield its descriptor.

    Raises
    ------
    OSError
        Where it, `root` itself or a part of the path is not a directory or is a link.
    ValueError
        Where the path leads upwards.
    """
    descriptor = os.open(root, _FOLDER)
    try:
        for part in path.split("/") if path else ():
            if part in ("", ".", "..") or "\0" in part:
                raise ValueError(f"{path!r} is not a path below a directory")
            above, descriptor = descriptor, os.open(part, _FOLDER, dir_fd=descriptor)
            os.close(above)
        yield descriptor
    finally:
        os.close(descriptor)


def is_folder(root: Path, path: str = "") -> bool:
    """Return whether there is a directory at `path` below `root`, without a link on the way."""
    try:
        with folder(root, path):
            return True
    except OSError:
        return False


def find(root: Path, path: str) -> Found | None:
    """Return the entry `path` below `root` that is not a directory; None without one, or with a link on the way."""
    parent, _, name = path.rpartition("/")
    try:
        with folder(root, parent) as above:
            status = os.stat(name, dir_fd=above, follow_symlinks=False)
    except OSError:
        return None
    found = Found(path, status)
    return None if found.is_folder else found


def open_file(root: Path, path: str) -> BinaryIO:
    """Open the regular file `path` below `root` for reading.

    Raises
    ------
    OSError
        Where there is none: FileNotFoundError also for a pipe, a socket or a device.
    ValueError
        Where the path leads upwards.
    """
    parent, _, name = path.rpartition("/")
    if name in ("", ".", "..") or "\0" in name:
        raise ValueError(f"{path!r} is not a path of a file")
    with folder(root, parent) as above:
        return open_regular(name, dir_fd=above)


def entries(root: Path, path: str = "") -> list[Found]:
    """Return what is directly in the directory `path` below `root`, by name; nothing where it is not a directory."""
    try:
        with folder(root, path) as descriptor:
            return _scan(descriptor)
    except (OSError, ValueError):  # it was removed meanwhile, or belongs to another user
        return []


def walk(root: Path, path: str = "", *, skip: Callable[[str], bool] = lambda _: False) -> Iterator[Found]:
    """Yield everything below `root`/`path` but directories, in order; what cannot be read is skipped.

    Parameters
    ----------
    root, path
        Where to begin; nothing is yielded where that is not a directory.
    skip
        Returns for the path of a directory, relative to where the walk began, whether to skip it.
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            with folder(root, "/".join(filter(None, [path, inside]))) as descriptor:
                found = _scan(descriptor)
        except OSError:  # it was removed meanwhile, or belongs to another user
            continue
        below = [Found(f"{inside}/{name}" if inside else name, status) for name, status in found]
        yield from (each for each in below if not each.is_folder)
        waiting += reversed([each.path for each in below if each.is_folder and not skip(each.path)])


def _scan(descriptor: int) -> list[Found]:
    """Return what is in an open directory, by name."""
    found = []
    with os.scandir(descriptor) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # it was removed meanwhile
                found.append(Found(entry.name, entry.stat(follow_symlinks=False)))
    return sorted(found)


def remove(root: Path, path: str) -> None:
    """Remove the entry `path` below `root` if it is not a directory; the target of a link is not removed."""
    parent, _, name = path.rpartition("/")
    with folder(root, parent) as above:
        os.unlink(name, dir_fd=above)


def move(root: Path, path: str, target: str) -> None:
    """Move the file or directory at `path` to `target`, both below `root`; create the parents of `target`."""
    (source, _, name), (parent, _, new) = path.rpartition("/"), target.rpartition("/")
    _make_folders(root, parent)
    with folder(root, source) as before, folder(root, parent) as after:
        os.rename(name, new, src_dir_fd=before, dst_dir_fd=after)


def _make_folders(root: Path, path: str) -> None:
    parts = path.split("/") if path else []
    for number, part in enumerate(parts):
        with folder(root, "/".join(parts[:number])) as above, suppress(FileExistsError):
            os.mkdir(part, dir_fd=above)


def hard_link(root: Path, file: str, path: str) -> None:
    """Replace `path` by a hard link to the regular file `file`, both below `root`, atomically."""
    (source, _, name), (parent, _, new) = file.rpartition("/"), path.rpartition("/")
    temporary = f".{new}.{os.getpid()}"
    with folder(root, source) as before, folder(root, parent) as after:
        os.link(name, temporary, src_dir_fd=before, dst_dir_fd=after, follow_symlinks=False)
        os.rename(temporary, new, src_dir_fd=after, dst_dir_fd=after)
