# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Append events to the event log of an attempt: JSON lines, written by one executor."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pydantic_core import PydanticSerializationError

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.eventlog.signing import Signer
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.event_log import AttemptEvent, Ended
from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["EventLogFullError", "EventLogWriter", "disk_full", "has_writer", "reserve_of"]

RESERVE_BYTES = 64 * 1024
"""Size of the reserve that leaves space for the last event on a full disk."""


class EventLogFullError(JupyterMLError):
    """The disk is full, and the event log cannot grow.

    Parameters
    ----------
    ended
        Whether an `Ended` event with that cause was written.
    """

    def __init__(self, *, ended: bool) -> None:
        super().__init__("the disk that holds the job's folder is full: free some space and submit the job again")
        self.ended = ended


def disk_full() -> Cause:
    """Return the cause of a job whose event log could not be written."""
    return Cause(
        kind=CauseKind.DISK_FULL,
        message="The disk that holds the job's folder is full.",
        hint="Free some space on it, or move the workspace, and submit the job again.",
    )


def reserve_of(event_log: Path) -> Path:
    """Return the path of the reserve: a file next to an event log that a killed executor does not remove."""
    return event_log.with_name(event_log.name + ".reserve")


def has_writer(event_log: Path) -> bool:
    """Return whether an executor has the event log open; False if the file system does not support locks."""
    try:
        with open_regular(event_log) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    return False


class EventLogWriter:
    """Append events to an event log.

    A line is written completely or, on a full disk, not at all. The file is locked while it is open, so that a reader
    can distinguish a running executor from lines that the user's code has appended later.

    Parameters
    ----------
    path
        The file; it is created with mode 0600, and created again after it was removed. A small reserve is stored next
        to it while the writer is open.
    key
        The key that signs the `Ended` event (`SigningKeys.signing`).
    """

    def __init__(self, path: Path, key: str | None = None) -> None:
        self.path = path
        self._file = _open(path)
        self._entry = os.lstat(path)  # that of a link, if the path was one before the start
        self._end = os.fstat(self._file).st_size
        self._signer = Signer(key) if key else None
        self._ended: bool | None = None
        self._damaged = False
        with suppress(OSError):  # without a reserve, only the exit code reports a full disk
            reserve_of(path).write_bytes(bytes(RESERVE_BYTES))

    def write(self, event: AttemptEvent) -> None:
        """Append one event.

        Raises
        ------
        EventLogFullError
            When the disk is full; an `Ended` event with that cause closes the event log, if it still fits.
        """
        if self._ended is not None:
            raise EventLogFullError(ended=self._ended)
        with self.report_full_disk():
            self._append(self._encode(event))

    def damaged(self) -> bool:
        """Return whether events were lost: the file was removed, replaced or shortened after they were written."""
        self._reopen_if_lost()
        return self._damaged

    @contextmanager
    def report_full_disk(self) -> Iterator[None]:
        """Raise EventLogFullError for a full disk in the context, now and at every later write."""
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self._ended = self._write_disk_full()
            raise EventLogFullError(ended=self._ended) from error

    def close(self) -> None:
        """Close the file and remove the reserve."""
        reserve_of(self.path).unlink(missing_ok=True)
        with suppress(OSError):  # explicitly, because a forked process may have the file open as well
            fcntl.flock(self._file, fcntl.LOCK_UN)
        os.close(self._file)

    def _reopen_if_lost(self) -> int:
        """Return the size of the file at the path, created again if it was removed or replaced."""
        with suppress(OSError):  # what replaced it may not be writable
            if self._is_lost():
                self._damaged = True
                _make_way(self.path)
                file = _open(self.path, os.O_NOFOLLOW | os.O_NONBLOCK)
                os.dup2(file, self._file, inheritable=False)
                os.close(file)
                self._entry, self._end = os.fstat(self._file), 0
        size = os.fstat(self._file).st_size
        self._damaged |= size < self._end
        return size

    def _is_lost(self) -> bool:
        """Return whether the path is missing or is something else than when the file was opened."""
        try:
            return not os.path.samestat(os.lstat(self.path), self._entry)
        except FileNotFoundError:
            return True

    def _append(self, line: bytes) -> None:
        if self._reopen_if_lost() not in (0, self._end):  # written by another process, or an incomplete line
            line = b"\n" + line
        rest = memoryview(line)
        while rest:  # Linux writes at most 2 GB at once, and a full disk accepts a part
            rest = rest[os.write(self._file, rest) :]
        self._end = os.fstat(self._file).st_size

    def _write_disk_full(self) -> bool:
        """Replace an incomplete last line by an `Ended` event; return whether it fits."""
        reserve_of(self.path).unlink(missing_ok=True)
        try:
            os.ftruncate(self._file, min(self._end, self._reopen_if_lost()))
            self._append(self._encode(Ended(time=time.time(), state="Failed", cause=disk_full())))
        except OSError:
            return False
        return True

    def _encode(self, event: AttemptEvent) -> bytes:
        line = _encode(event)
        return self._signer.sign(line) if self._signer and isinstance(event, Ended) else line


def _open(path: Path, flags: int = 0) -> int:
    """Return the descriptor of an event log, opened for appending and locked."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | flags, 0o600)
    with suppress(OSError):  # not every file system supports locks
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _make_way(path: Path) -> None:
    """Create the directory of an event log again if it was removed, and rename a directory, link or pipe at `path`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.replace(path.with_suffix(".replaced"))


def _encode(event: AttemptEvent) -> bytes:
    try:
        text = event.model_dump_json()
    except PydanticSerializationError:  # a lone surrogate cannot be encoded
        text = json.dumps(event.model_dump(), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"
