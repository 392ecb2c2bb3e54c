# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Store copies of files once, in a directory that is named by the digest of their paths and content."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from blake3 import blake3

from jupyter_ml.errors import InvalidInputError, TooLargeError, reason
from jupyter_ml.storage.fingerprints import contents_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["MAX_FILES", "ContentFile", "Stored", "files_below", "remove_content", "store_content", "store_files"]

MAX_FILES = 100_000
_BLOCK_BYTES = 4 * 1024**2


class ContentFile(NamedTuple):
    """A file to store."""

    path: str
    """Relative, with slashes."""
    open: Callable[[], BinaryIO]


class Stored(NamedTuple):
    """What was stored."""

    directory: Path
    digest: str
    files: int
    bytes: int


def files_below(path: Path) -> Iterator[ContentFile]:
    """Yield a file, or all files below a directory; links to files are followed, as model hubs lay out their caches.

    Raises
    ------
    InvalidInputError
        For a link to a directory, which may lead anywhere, and for what is neither a file nor a directory.
    """
    if path.is_file():
        yield ContentFile(path.name, lambda: path.open("rb"))
        return
    if not path.is_dir():
        raise InvalidInputError(f"{path} does not exist")
    for parent, directories, names in os.walk(path):
        for name in directories:
            if Path(parent, name).is_symlink():
                raise InvalidInputError(f"{Path(parent, name)} is a link to a directory: copy the directory there")
        for name in names:
            file = Path(parent, name)
            if not file.is_file():
                raise InvalidInputError(f"{file} is not a regular file: remove it, or copy what it leads to")
            yield ContentFile(file.relative_to(path).as_posix(), _opener(file))


def store_content(root: Path, files: Iterable[ContentFile]) -> Stored:
    """Copy files into a directory below `root`; what is stored already is not stored again.

    Raises
    ------
    InvalidInputError
        If there is no file, or one cannot be read.
    TooLargeError
        If there are more than `MAX_FILES`.
    """
    root.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".", dir=root))
    try:
        copied = temporary / "content"  # with the permissions that MLflow's artifacts have
        copied.mkdir()
        digest, count, size = _copy(copied, files)
        target = root / digest
        with suppress(OSError):  # there already: the same content, whichever process stored it
            copied.rename(target)
        return Stored(target, digest, count, size)
    except OSError as error:
        raise InvalidInputError(f"the files cannot be stored: {reason(error)}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def store_files(directory: Path, files: Iterable[ContentFile]) -> None:
    """Copy files into a directory, which is created."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _copy(directory, files)
    except OSError as error:
        raise InvalidInputError(f"the files cannot be stored in {directory}: {reason(error)}") from error


def remove_content(directory: Path) -> None:
    """Remove what was stored, in one step for other processes."""
    gone = directory.with_name(f".{directory.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        directory.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _copy(directory: Path, files: Iterable[ContentFile]) -> tuple[str, int, int]:
    digests, size = list[tuple[str, bytes]](), 0
    for path, opened in files:
        if len(digests) == MAX_FILES:
            raise TooLargeError(f"there are more than {MAX_FILES:,} files: register an archive of them")
        if not _is_inside(path):
            raise InvalidInputError(f"{path!r} is not a path inside a directory")
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = blake3(max_threads=blake3.AUTO)
        with opened() as source, target.open("xb") as copy:
            while block := source.read(_BLOCK_BYTES):
                digest.update(block)
                size += copy.write(block)
        digests.append((path, digest.digest()))
    if not digests:
        raise InvalidInputError("there are no files")
    return contents_digest(digests), len(digests), size


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts


def _opener(file: Path) -> Callable[[], BinaryIO]:
    return lambda: file.open("rb")
