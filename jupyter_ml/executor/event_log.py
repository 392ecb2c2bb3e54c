# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Writing and reading an event log: JSON lines, appended by one executor, read by anyone at any time."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from pydantic_core import PydanticSerializationError

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.executor.signing import Signer, is_signed
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.event_log import AttemptEvent, Ended, parse_event
from jupyter_ml.schemas.regular import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "HOLE",
    "EventLogFullError",
    "EventLogLine",
    "EventLogReader",
    "EventLogWriter",
    "disk_full",
    "has_writer",
    "reserve_of",
]

RESERVE_BYTES = 64 * 1024
"""Kept aside at the start, so that a full disk still has room to be told of."""

HOLE = b"\0"
"""How the holes of a compacted event log begin."""
HEAD_BYTES = 64 * 1024
"""As much of a line is read before it is known whether anybody wants the rest."""
CHUNK_BYTES = 1024**2

_log = logging.getLogger(__name__)


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


class EventLogLine(NamedTuple):
    """One complete line of an event log, or the beginning of a long one."""

    start: int
    """Its position in the event log."""
    end: int
    """The position after it."""
    content: bytes

    @property
    def whole(self) -> bool:
        """Whether `content` is all of it."""
        return len(self.content) == self.end - self.start


def _prefix(kind: str) -> bytes:
    """Return how the lines of one type of event begin."""
    return f'{{"type":"{kind}"'.encode()


class EventLogReader:
    """Reads events from an event log that may still grow.

    Iterate as often as you like: each time the complete lines since the last one are read. A last line that is not
    complete is left for the next time, an event log that does not exist yet has no lines, and a line that is no event
    is logged and passed over, because one bad block on a disk must not hide how the job ended. One that has become
    shorter than what was read is read from its start.

    Parameters
    ----------
    path
        The event log.
    offset
        Where to go on: bytes from its start, after a complete line.
    outputs
        False passes over `Output` events without loading them.
    only
        The types of the events that are wanted (``sample``): all others are passed over without loading them.
    key
        Given the key that verifies the executor's signature, `Ended` events without it are passed over.

    Attributes
    ----------
    path : Path
    offset : int
        The position after the last line that was read or passed over.
    unsigned : bool
        Whether an `Ended` event was passed over.
    """

    def __init__(
        self,
        path: Path,
        offset: int = 0,
        *,
        outputs: bool = True,
        only: tuple[str, ...] = (),
        key: str | None = None,
    ) -> None:
        self.offset = offset
        self.path = path
        self.unsigned = False
        self._key = key
        self._wanted = tuple(map(_prefix, only)) or b""
        self._unwanted = () if outputs else (_prefix("output"),)

    def __iter__(self) -> Iterator[tuple[AttemptEvent, int]]:
        """Yield each event with the offset after it."""
        for line in self.lines():
            try:
                event = parse_event(line.content)
            except ValueError:
                if line.content.strip():
                    _log.warning("%s: the line at byte %d is no event and is passed over", self.path, line.start)
                continue
            if self._key and isinstance(event, Ended) and not is_signed(line.content, self._key):
                self.unsigned = True
                continue
            yield event, line.end

    def lines(self, limit: int | None = None) -> Iterator[EventLogLine]:
        """Yield each wanted line, of a longer one its first `limit` bytes, and never load more than that."""
        try:
            file = open_regular(self.path)
        except FileNotFoundError:
            return
        with file:
            yield from self.lines_of(file, limit)

    def lines_of(self, file: BinaryIO, limit: int | None = None) -> Iterator[EventLogLine]:
        """Yield the lines of the event log, opened as `file`: that stays the same when another one takes its place."""
        if file.seek(0, os.SEEK_END) < self.offset:
            self.offset = 0
        while True:
            file.seek(self.offset)
            head = file.readline(HEAD_BYTES)
            start, end = self.offset, _end_of_line(file, head, self.offset + len(head))
            if end is None:
                return
            self.offset = end
            if len(head) < min(HEAD_BYTES, end - start):  # it has grown since
                head = _read(file, start, min(HEAD_BYTES, end - start))
            if self._wants(head):
                length = end - start if limit is None else min(max(limit, HEAD_BYTES), end - start)
                yield EventLogLine(start, end, head if len(head) == length else _read(file, start, length))

    def _wants(self, beginning: bytes) -> bool:
        return beginning.startswith(self._wanted) and not beginning.startswith((*self._unwanted, HOLE))

    @staticmethod
    def whole(file: BinaryIO, line: EventLogLine) -> bytes:
        """Return all of a line."""
        return _read(file, line.start, line.end - line.start)


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _end_of_line(file: BinaryIO, content: bytes, end: int) -> int | None:
    """Return where the line ends of which `content` was read up to `end`; None where it has no end yet."""
    while content and not content.endswith(b"\n"):
        content = file.readline(CHUNK_BYTES)
        end += len(content)
    return end if content else None
