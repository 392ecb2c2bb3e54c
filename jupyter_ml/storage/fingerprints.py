# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fingerprint local files: by content where that is quick, else by paths, sizes and modification times."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.schemas.fingerprints import Fingerprint, difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyter_ml.storage.sources import RemoteFile

__all__ = [
    "MAX_CONTENT_BYTES",
    "compare",
    "contents_digest",
    "fingerprint",
    "remote_fingerprint",
    "text_key",
    "version_key",
]

MAX_CONTENT_BYTES = 1024**3
"""Size up to which the content of a file is read: about a second."""


def fingerprint(path: Path, *, content: bool = True) -> Fingerprint:
    """Return the fingerprint of a file or directory.

    Parameters
    ----------
    path
        The file or directory; links in it are followed where they lead to files.
    content
        Whether to read a file of up to `MAX_CONTENT_BYTES`.

    Raises
    ------
    NotFoundError
        If there is nothing.
    InvalidInputError
        If it cannot be read, or is neither a file nor a directory.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            return _of_directory(path)
        if not stat.S_ISREG(found.st_mode):
            raise InvalidInputError(f"{path} is neither a file nor a directory")
        digest = blake3(_line(path.name, found)).hexdigest()
        read = content and found.st_size <= MAX_CONTENT_BYTES
        return Fingerprint(files=1, bytes=found.st_size, listing=digest, content=_of_content(path) if read else None)
    except FileNotFoundError:
        raise NotFoundError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def compare(path: Path, before: Fingerprint) -> tuple[Fingerprint, str]:
    """Return the fingerprint of a local file or directory, and what differs from an earlier one.

    The content is read only where nothing but the time differs, and of a directory where its content is known.
    """
    now = fingerprint(path, content=False)
    if now.listing != before.listing and before.content is not None and now.bytes == before.bytes:
        now = now.model_copy(update={"content": _of_contents(path)}) if path.is_dir() else fingerprint(path)
    return now, difference(before, now)


def contents_digest(digests: Iterable[tuple[str, bytes]]) -> str:
    """Return the digest of the paths of files and the digests of their contents."""
    return blake3(b"".join(sorted(os.fsencode(path) + b"\0" + digest for path, digest in digests))).hexdigest()


def remote_fingerprint(files: Iterable[RemoteFile]) -> Fingerprint:
    """Return the fingerprint of files that a server has reported."""
    files = sorted(files)
    digest = blake3("".join(f"{file.path}\0{file.size}\0{file.stamp}\n" for file in files).encode())
    return Fingerprint(
        files=len(files),
        bytes=sum(file.size or 0 for file in files),
        listing=digest.hexdigest(),
        remote=True,
        comparable=all(file.stamp for file in files),
    )


def version_key(path: Path) -> str:
    """Return a name for a file as it is now, without reading it; another one after each change."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return blake3(os.fsencode(path)).hexdigest()
    return blake3(os.fsencode(path) + b"\0%d" % found.st_ino + _line("", found)).hexdigest()


def text_key(text: str) -> str:
    """Return a name for a text of any length."""
    return blake3(text.encode()).hexdigest()


def _of_content(path: Path) -> str:
    digest = blake3(max_threads=blake3.AUTO)
    with path.open("rb") as file:
        while block := file.read(4 * 1024**2):
            digest.update(block)
    return digest.hexdigest()


def _of_contents(folder: Path) -> str:
    return contents_digest((name, bytes.fromhex(_of_content(folder / name))) for name, _ in _files(folder))


def _of_directory(path: Path) -> Fingerprint:
    lines, size = [], 0
    for name, found in _files(path):
        lines.append(_line(name, found))
        size += found.st_size
    return Fingerprint(files=len(lines), bytes=size, listing=blake3(b"".join(sorted(lines))).hexdigest())


def _files(path: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files below a directory with their relative paths, without those that are removed meanwhile."""
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            entries = os.scandir(path / prefix)
        except FileNotFoundError:
            if not prefix:
                raise
            continue
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(f"{prefix}{entry.name}/")
                elif entry.is_file():
                    try:
                        found = entry.stat()
                    except FileNotFoundError:
                        continue
                    yield f"{prefix}{entry.name}", found


def _line(name: str, found: os.stat_result) -> bytes:
    return os.fsencode(name) + b"\0%d\0%d\n" % (found.st_size, found.st_mtime_ns)
