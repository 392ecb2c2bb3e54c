# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Append events to the event log of an attempt: JSON lines, written by one executor."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pydantic_core import PydanticSerializationError

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.eventlog.signing import Signer
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.event_log import AttemptEvent, Ended
from jupyter_ml.schemas.regular import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["EventLogFullError", "EventLogWriter", "disk_full", "has_writer", "reserve_of"]

RESERVE_BYTES = 64 * 1024
"""Kept aside at the start, so that a full disk still has room to be told of."""


class EventLogFullError(JupyterMLError):
    """There is no room left for the event log.

    Parameters
    ----------
    told
        Whether an `Ended` event could still be written.
    """

    def __init__(self, *, told: bool) -> None:
        super().__init__("the disk that holds the job's folder is full: make room and submit the job again")
        self.told = told


def disk_full() -> Cause:
    """Return the cause of a job that ended because its event log could not be written."""
    return Cause(
        kind=CauseKind.DISK_FULL,
        message="The disk that holds the job's folder is full.",
        hint="Make room on it, or move the workspace, and submit the job again.",
    )


def reserve_of(event_log: Path) -> Path:
    """Return the small file beside an event log that keeps room for its last event; a killed executor leaves it."""
    return event_log.with_name(event_log.name + ".reserve")


def has_writer(event_log: Path) -> bool:
    """Tell whether an executor has the event log open; False where the file system has no locks to tell it."""
    try:
        with open_regular(event_log) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    return False


class EventLogWriter:
    """Appends events to an event log.

    A line is written whole or, on a full disk, not at all. The file is locked while it is open: that tells what an
    executor has written last from what the user's code, which finds the file, may have appended.

    Parameters
    ----------
    path
        The file; it is made with mode 0600, and made anew when somebody removes it. A small reserve lies beside it
        while the writer is open.
    key
        What the `Ended` event is signed with (`SigningKeys.signing`).
    """

    def __init__(self, path: Path, key: str | None = None) -> None:
        self.path = path
        self._file = _open(path)
        self._end = os.fstat(self._file).st_size
        self._signer = Signer(key) if key else None
        self._told: bool | None = None
        self._damaged = False
        with suppress(OSError):  # without a reserve, a full disk is told by the exit code alone
            reserve_of(path).write_bytes(bytes(RESERVE_BYTES))

    def write(self, event: AttemptEvent) -> None:
        """Append one event.

        Raises
        ------
        EventLogFullError
            When there is no room for it; the event log is closed then, if possible by an `Ended` event with that cause.
        """
        if self._told is not None:
            raise EventLogFullError(told=self._told)
        with self.room():
            self._append(self._encode(event))

    def damaged(self) -> bool:
        """Tell whether something that was written is gone: somebody has removed, replaced or shortened the file."""
        self._look()
        return self._damaged

    @contextmanager
    def room(self) -> Iterator[None]:
        """Report a full disk found inside, and raise EventLogFullError then and at every later write."""
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self._told = self._give_up()
            raise EventLogFullError(told=self._told) from error

    def close(self) -> None:
        """Close the file and give the reserve back."""
        reserve_of(self.path).unlink(missing_ok=True)
        with suppress(OSError):  # said aloud, because a process that was forked off meanwhile has the file open, too
            fcntl.flock(self._file, fcntl.LOCK_UN)
        os.close(self._file)

    def _look(self) -> int:
        """Return the size of the file that has the path, which is made where there is none."""
        with suppress(OSError):  # what lies there instead cannot be written to
            if self._is_lost():
                file = _open(self.path, os.O_NOFOLLOW | os.O_NONBLOCK)
                os.dup2(file, self._file, inheritable=False)
                os.close(file)
                self._end, self._damaged = 0, True
        size = os.fstat(self._file).st_size
        self._damaged |= size < self._end
        return size

    def _is_lost(self) -> bool:
        """Tell whether another file has the path, or none; what is no file is left alone."""
        try:
            there = os.lstat(self.path)
        except FileNotFoundError:
            return True
        return stat.S_ISREG(there.st_mode) and not os.path.samestat(there, os.fstat(self._file))

    def _append(self, line: bytes) -> None:
        if self._look() not in (0, self._end):  # somebody else has written, or an executor was killed at it
            line = b"\n" + line
        rest = memoryview(line)
        while rest:  # Linux writes at most 2 GB at once, and a full disk takes a part
            rest = rest[os.write(self._file, rest) :]
        self._end = os.fstat(self._file).st_size

    def _give_up(self) -> bool:
        reserve_of(self.path).unlink(missing_ok=True)
        try:
            os.ftruncate(self._file, min(self._end, self._look()))
            self._append(self._encode(Ended(time=time.time(), state="Failed", cause=disk_full())))
        except OSError:
            return False
        return True

    def _encode(self, event: AttemptEvent) -> bytes:
        line = _encode(event)
        return self._signer.sign(line) if self._signer and isinstance(event, Ended) else line


def _open(path: Path, flags: int = 0) -> int:
    """Open an event log for writing, and lock it."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | flags, 0o600)
    with suppress(OSError):  # not every file system has locks
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _encode(event: AttemptEvent) -> bytes:
    try:
        text = event.model_dump_json()
    except PydanticSerializationError:  # a lone surrogate is a Python string, but no text
        text = json.dumps(event.model_dump(), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"
