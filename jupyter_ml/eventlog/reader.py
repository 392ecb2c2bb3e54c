# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the events of an attempt from its event log, which may still grow."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from jupyter_ml.eventlog.signing import is_signed
from jupyter_ml.schemas.event_log import AttemptEvent, Ended, parse_event
from jupyter_ml.schemas.regular import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["HEAD_BYTES", "HOLE", "EventLogLine", "EventLogReader"]

HOLE = b"\0"
"""How the holes of a compacted event log begin."""
HEAD_BYTES = 64 * 1024
"""As much of a line is read before it is known whether anybody wants the rest."""
CHUNK_BYTES = 1024**2

_log = logging.getLogger(__name__)


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
