# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The files that a request names, on this machine or in a file system of fsspec, as they are now."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, NotFoundError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.mltable import MLTable

__all__ = ["MAX_FILES", "DataFile", "Files", "find_files", "local_file"]

MAX_FILES = 10_000
"""Maximum number of files in a directory that is shown as a whole."""


@dataclass(frozen=True)
class DataFile:
    """A file.

    Attributes
    ----------
    name
        As users know it.
    url
        As DuckDB names it: a path of this machine, or a URL of `filesystem`.
    size
        Its bytes.
    version
        A text that changes with the content; None if it is not known whether it has changed.
    filesystem
        Where it is, of fsspec; None for this machine.
    has_ranges
        Whether it is known that parts of it can be read from there.
    """

    name: str
    url: str
    size: int
    version: str | None
    filesystem: Any = field(default=None, repr=False, compare=False)
    has_ranges: bool = False

    def open(self) -> IO[bytes]:
        """Open it for reading."""
        if self.filesystem is None:
            return Path(self.url).open("rb")
        opened: IO[bytes] = self.filesystem.open(self.url)
        return opened


@dataclass(frozen=True)
class Files:
    """What a request names.

    Attributes
    ----------
    name
        As users know it.
    files
        The file; of a directory, all files in it by name, except for hidden ones.
    is_directory
        Whether it is a directory.
    table
        What the MLTable file of the directory describes; None if it has none.
    described_by
        That MLTable file.
    """

    name: str
    files: tuple[DataFile, ...]
    is_directory: bool = False
    table: MLTable | None = None
    described_by: DataFile | None = None

    @property
    def version(self) -> str | None:
        """A text that changes with any file; None if that is not known."""
        files = self.files if self.described_by is None else (self.described_by, *self.files)
        versions = [f"{file.name}\n{file.size}\n{file.version}" for file in files if file.version is not None]
        return "\n".join(versions) if len(versions) == len(files) else None


def local_file(path: Path, name: str | None = None) -> DataFile:
    """Return a file of this machine."""
    found = path.stat()
    return DataFile(name or str(path), str(path), found.st_size, f"{found.st_ino} {found.st_mtime_ns}")


def find_files(location: str, filesystem: Any = None) -> Files:
    """Return the files at a location.

    Parameters
    ----------
    location
        A path, or a URL of `filesystem`.
    filesystem
        Where it is; None for this machine.

    Raises
    ------
    NotFoundError
        If there is nothing.
    InvalidInputError
        If it cannot be read, is neither a file nor a directory, or has too many files.
    """
    try:
        return _of_filesystem(location, filesystem) if filesystem is not None else _of_machine(location)
    except FileNotFoundError:
        or_hidden = "" if filesystem is None else ", or these credentials do not allow to read it"
        raise NotFoundError(f"{location} does not exist{or_hidden}") from None
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{location} cannot be read: {reason(error)}") from None


def _of_machine(location: str) -> Files:
    path = Path(location)
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        files = tuple(sorted(_bounded(location, _below(path)), key=lambda file: file.name))
        return Files(location, files, is_directory=True)
    if not stat.S_ISREG(mode):
        raise InvalidInputError(f"{location} is neither a file nor a directory")
    return Files(location, (local_file(path),))


def _below(top: Path) -> Iterator[DataFile]:
    pending = [""]
    while pending:
        prefix = pending.pop()
        with os.scandir(top / prefix) as entries:
            for entry in entries:
                name = f"{prefix}{entry.name}"
                if _is_hidden(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(f"{name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield local_file(top / name, name)


def _of_filesystem(location: str, filesystem: Any) -> Files:
    info = {"type": "directory"} if location.endswith("/") else filesystem.info(location)
    if info["type"] != "directory":
        return Files(location, (_remote_file(location, location, info, filesystem),))
    top = location.removeprefix(filesystem.unstrip_protocol("")).rstrip("/")
    found = _bounded(location, _walk(filesystem, top))
    files = (
        _remote_file(name.removeprefix(f"{top}/"), filesystem.unstrip_protocol(name), info, filesystem)
        for name, info in found
    )
    return Files(location, tuple(sorted(files, key=lambda file: file.name)), is_directory=True)


def _walk(filesystem: Any, top: str) -> Iterator[tuple[str, Any]]:
    pending = [top]
    while pending:
        for entry in filesystem.ls(pending.pop(), detail=True):
            if _is_hidden(entry["name"].rstrip("/").rsplit("/", 1)[-1]):
                continue
            if entry["type"] == "directory":
                pending.append(entry["name"])
            elif entry.get("size") is None:  # a web server's list has names only
                yield entry["name"], filesystem.info(entry["name"])
            else:
                yield entry["name"], entry


def _remote_file(name: str, url: str, info: Any, filesystem: Any) -> DataFile:
    if info.get("size") is None:
        raise InvalidInputError(f"{name} has no known size: copy it to this machine")
    known = info.get("ETag") or info.get("modified")
    version = None if known is None else str(known)
    return DataFile(name, url, int(info["size"]), version, filesystem, bool(info.get("has_ranges")))


def _bounded(location: str, found: Iterator[Any], limit_s: float = 10.0) -> Iterator[Any]:
    """Yield what was found; InvalidInputError if that is too much."""
    end = time.monotonic() + limit_s
    for number, each in enumerate(found):
        if number >= MAX_FILES:
            raise InvalidInputError(f"{location} has more than {MAX_FILES:,} files: name a directory or a file in it")
        if time.monotonic() > end:
            raise InvalidInputError(
                f"{location} takes more than {limit_s:g} s to list: name a directory or a file in it"
            )
        yield each


def _is_hidden(name: str) -> bool:
    """Return whether programs that write tables do not mean a file as data: ``_SUCCESS``, ``.part-0.crc``."""
    return name.startswith((".", "_"))
