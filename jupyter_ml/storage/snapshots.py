# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Store snapshots of code, each once under the hash of its content."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from jupyter_ml.errors import InvalidInputError, NotFoundError, reason
from jupyter_ml.storage.snapshot_contents import Entry, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Snapshot", "path", "remove_unused", "renew", "restore", "take"]

_CHUNK = 1024**2
_UNFINISHED = ".unfinished-"


class Snapshot(NamedTuple):
    """A snapshot that was stored."""

    digest: str
    """Hash of its content, the same on every machine."""
    ignored: list[Entry]
    """What ignore files excluded, the first 1,000."""


def take(
    source: Path, store: Path, *, max_bytes: int, max_files: int, added: Mapping[str, Path] = MappingProxyType({})
) -> Snapshot:
    """Store a snapshot of the code in `source`.

    What ignore files exclude is not copied, nor what no code needs, e.g. ``.git`` and virtual environments.

    Parameters
    ----------
    source
        A directory.
    store
        Directory of the snapshots.
    max_bytes, max_files
        Limits.
    added
        Files from elsewhere that belong to the copy, by their paths in it.

    Raises
    ------
    TooLargeError
        When it exceeds the limits.
    InvalidInputError
        When it cannot be read, or has a link that leads out of it.
    """
    if not source.is_dir():
        raise InvalidInputError(f"{source} is not a directory", field="code")
    source = source.resolve()
    entries, ignored = walk(source, max_bytes=max_bytes, max_files=max_files)
    files = {entry.path: source / entry.path for entry in entries} | dict(added)
    entries = [entry for entry in entries if entry.path not in added]
    entries += [Entry(path, "file", file.stat().st_size) for path, file in added.items()]
    entries.sort(key=lambda entry: os.fsencode(entry.path))
    digest = _digest(files, entries)
    with suppress(NotFoundError, FileNotFoundError):  # which is removed just then
        return Snapshot(renew(store, digest), ignored)
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=store, ignore_cleanup_errors=True) as unfinished:
        copy = Path(unfinished, "code")
        copy.mkdir()
        # hashed again: another process may be writing to the source
        digest = _digest(files, entries, copy)
        try:
            copy.rename(store / digest)
        except OSError:
            if not (store / digest).exists():  # otherwise another process was faster
                raise
    return Snapshot(digest, ignored)


def _digest(files: Mapping[str, Path], entries: list[Entry], copy: Path | None = None) -> str:
    """Return the hash of some entries, which are at `files`; copy them as well where a target is given."""
    total = hashlib.sha256()
    for entry in entries:
        if entry.kind == "folder":
            content = ""
            if copy:
                (copy / entry.path).mkdir()
        elif entry.kind == "link":
            content = hashlib.sha256(os.fsencode(entry.target)).hexdigest()
            if copy:
                (copy / entry.path).symlink_to(entry.target)
        else:
            content = _file_digest(files[entry.path], entry, copy)
        total.update(b"\0".join([entry.kind.encode(), os.fsencode(entry.path), content.encode(), b""]))
    return total.hexdigest()


def _file_digest(file: Path, entry: Entry, copy: Path | None) -> str:
    total = hashlib.sha256()
    target = copy / entry.path if copy else Path(os.devnull)
    try:
        reader = file.open("rb")
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {reason(error)}", field="code") from error
    left = entry.size  # it may grow meanwhile
    with reader, target.open("wb") as writer:
        while chunk := reader.read(min(left, _CHUNK)):
            total.update(chunk)
            writer.write(chunk)
            left -= len(chunk)
    if copy:
        target.chmod(0o755 if entry.kind == "program" else 0o644)
    return total.hexdigest()


def renew(store: Path, digest: str) -> str:
    """Mark a snapshot as new, so that it is not removed before another job that needs it is stored; return it."""
    os.utime(path(store, digest))
    return digest


def path(store: Path, digest: str) -> Path:
    """Return the directory of a snapshot; NotFoundError when there is none."""
    folder = store / digest
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or not folder.is_dir():
        raise NotFoundError(f"there is no snapshot {digest}")
    return folder


def restore(store: Path, digest: str, target: Path) -> None:
    """Copy a snapshot to `target`, where it can be changed."""
    shutil.copytree(path(store, digest), target, symlinks=True, copy_function=_copy, dirs_exist_ok=True)


def _copy(source: str, target: str) -> None:
    """Copy a file; where the file system can, share its blocks until one of them is written to."""
    if not hasattr(os, "copy_file_range"):
        shutil.copy(source, target)
        return
    with Path(source).open("rb") as reader, Path(target).open("wb") as writer:
        try:
            while os.copy_file_range(reader.fileno(), writer.fileno(), 2**30):
                pass
        except OSError:  # not between these two file systems
            shutil.copyfile(source, target)
    shutil.copymode(source, target)


def remove_unused(store: Path, keep: set[str], *, age_s: float = 86_400) -> None:
    """Remove the snapshots that are not in `keep`, and incomplete ones of a crash, where older than `age_s`.

    The age protects a snapshot whose job is just being submitted. One is removed under another name, so that no job
    gets a part of it.
    """
    before = time.time() - age_s
    for folder in store.iterdir() if store.is_dir() else ():
        with suppress(FileNotFoundError):  # another process has completed or removed it
            if folder.name in keep or folder.stat().st_mtime >= before:
                continue
            removed = folder.with_name(f"{_UNFINISHED}{uuid4().hex}")
            folder.rename(removed)
            if removed.stat().st_mtime >= before:  # a job has renewed it just then
                with suppress(OSError):  # and another one has stored it again
                    removed.rename(folder)
            shutil.rmtree(removed, ignore_errors=True)
