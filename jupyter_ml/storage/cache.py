# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The cache of downloaded data: one directory for each state of a source, of bounded size, shared by all processes.

An entry is a directory ``KEY`` with ``data/`` and, as soon as that is complete, ``entry.json``; before, it has
``reserved.json``. ``KEY.lock`` is locked exclusively by a process that downloads or removes it, and shared by those
that use it. A process that is killed leaves files of an incomplete entry, which the next download continues.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from blake3 import blake3

from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.data_cache import CacheEntry
from jupyter_ml.storage.fingerprints import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.schemas.fingerprints import Fingerprint

__all__ = ["DownloadCache", "entry_key"]

FREE_BYTES = 256 * 1024**2
"""What has to stay free on the disk."""
READ_ONLY = 0o444
MAX_SPOILED = 10
"""How many entries of one source can be in use that a job has changed."""


def entry_key(identity: str, now: Fingerprint, *, folder: bool) -> str:
    """Return the key of data as it is now; another one each time, if that cannot be compared.

    Parameters
    ----------
    identity
        Differs for each place.
    now
        What the server reports.
    folder
        Whether it is a directory.
    """
    state = now.listing if now.comparable else uuid4().hex
    return blake3(f"{identity}\0{folder}\0{state}".encode()).hexdigest()


class DownloadCache:
    """Downloaded data in a directory, for this and other processes.

    Parameters
    ----------
    folder
        The directory; it is created on first use.
    max_bytes
        Largest size of all entries; the ones that were used least recently are removed for new ones.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder, self._max_bytes = folder, max_bytes

    @contextmanager
    def entry(
        self, key: str, location: str, size: int, download: Callable[[Path], None]
    ) -> Iterator[tuple[Path, Path, bool]]:
        """Yield the directory of an entry, the file that locks it, and whether it was there before.

        The entry is not removed during the block, nor as long as a process has a shared lock on the file.

        Parameters
        ----------
        key
            Differs for each source, and for each state of it.
        location
            Where the data is from, for people.
        size
            Bytes that are downloaded.
        download
            Writes the data into a directory, in which an earlier process may have written a part of it.

        Raises
        ------
        UnavailableError
            If the disk has not enough space.
        InvalidInputError
            If the data is larger than the cache.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = True
        while True:
            for name in _names(key):
                folder, lock = self._folder / name, self._folder / f"{name}.lock"
                with _locked(lock, fcntl.LOCK_SH):
                    state = _state(folder)
                    if state == "complete":
                        now = time.time_ns()  # the kernel's time of a file is some milliseconds old
                        os.utime(lock, ns=(now, now))
                        yield folder / "data", lock, found
                        return
                if state == "incomplete" or self._remove(name):
                    break
            else:
                raise UnavailableError(
                    f"{location}: jobs that run have changed what was downloaded {MAX_SPOILED} times"
                )
            with _locked(lock, fcntl.LOCK_EX):
                if _state(folder) == "incomplete":  # else another process was faster
                    found = False
                    self._reserve(folder, location, size)
                    download(folder / "data")
                    self._seal(folder, location)

    def contains(self, key: str) -> bool:
        """Return whether an entry could be used now."""
        return any(_state(self._folder / name) == "complete" for name in _names(key))

    def entries(self) -> list[CacheEntry]:
        """Return all entries, those first that were used most recently."""
        found = [self._describe(path) for path in self._folder.glob("*.lock")]
        return sorted((each for each in found if each is not None), key=lambda each: each.used_at, reverse=True)

    def prune(self) -> list[CacheEntry]:
        """Remove all entries that are not in use, and return them."""
        return [entry for entry in self.entries() if self._remove(entry.key)]

    def _reserve(self, folder: Path, location: str, size: int) -> None:
        """Reserve space for an entry; no other process does so at the same time."""
        if size > self._max_bytes:
            raise InvalidInputError(
                f"{location} has {size:,} bytes, and the cache of downloaded data has {self._max_bytes:,}: write mode: "
                "direct, or set data_cache.max_bytes in workspace.yml"
            )
        with _locked(self._folder / "space", fcntl.LOCK_EX):
            others = [entry for entry in self.entries() if entry.key != folder.name]
            used = sum(entry.bytes for entry in others)
            for entry in sorted(others, key=lambda each: (each.complete, each.used_at)):
                if used + size <= self._max_bytes:
                    break
                if self._remove(entry.key):
                    used -= entry.bytes
            free = shutil.disk_usage(self._folder).free - FREE_BYTES
            if free < size:
                raise UnavailableError(
                    f"{location} has {size:,} bytes, and {self._folder} has space for {max(0, free):,}: free "
                    "some, e.g. with: jupyter ml data cache --prune"
                )
            (folder / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(folder / "reserved.json", {"location": location, "bytes": size})

    @staticmethod
    def _seal(folder: Path, location: str) -> None:
        for path in (folder / "data").rglob("*"):
            if path.is_file():
                path.chmod(READ_ONLY)
        found = fingerprint(folder / "data", content=False)
        known = {"location": location, "bytes": found.bytes, "files": found.files, "listing": found.listing}
        _write(folder / "entry.json", known)

    def _describe(self, lock: Path) -> CacheEntry | None:
        folder = lock.with_suffix("")
        complete = (folder / "entry.json").exists()
        try:
            known = json.loads((folder / ("entry.json" if complete else "reserved.json")).read_bytes())
            used_at = datetime.fromtimestamp(lock.stat().st_mtime, UTC)
        except (OSError, ValueError):
            return None
        with _locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB) as held:
            in_use = held is None
        return CacheEntry(
            key=lock.stem,
            location=str(known.get("location")),
            bytes=int(known.get("bytes", 0)),
            files=known.get("files"),
            used_at=used_at,
            in_use=in_use,
            complete=complete,
        )

    def _remove(self, key: str) -> bool:
        """Remove an entry, unless it is in use."""
        lock = self._folder / f"{key}.lock"
        with _locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB) as held:
            if held is None:
                return False
            shutil.rmtree(self._folder / key, ignore_errors=True)
            lock.unlink(missing_ok=True)
            return True


def _names(key: str) -> Iterator[str]:
    """Yield the names that an entry may have: the next ones if a job that runs has changed its files."""
    yield key
    yield from (f"{key}-{number}" for number in range(1, MAX_SPOILED))


def _state(folder: Path) -> Literal["complete", "incomplete", "spoiled"]:
    """Return whether an entry is complete, and as it was downloaded: a program may have changed a file."""
    try:
        known = json.loads((folder / "entry.json").read_bytes())
        same = fingerprint(folder / "data", content=False).listing == known["listing"]
    except FileNotFoundError:
        return "incomplete"
    except (OSError, ValueError, KeyError, TypeError, NotFoundError, InvalidInputError):
        return "spoiled"
    return "complete" if same else "spoiled"


@contextmanager
def _locked(path: Path, operation: int) -> Iterator[int | None]:
    """Lock a file, which is created; yields its descriptor, or None if it is locked and that is not waited for."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, operation)
            except BlockingIOError:
                yield None
                return
            if _is_at(descriptor, path):  # else the process that had the lock has removed the file
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def _write(path: Path, value: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(value), encoding="utf-8")
    temporary.replace(path)
