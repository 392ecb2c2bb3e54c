# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the events of an attempt from its event log, also while it grows."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from jupyter_ml.eventlog.signing import is_signed
from jupyter_ml.schemas.event_log import AttemptEvent, Ended, parse_event
from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["HEAD_BYTES", "HOLE", "EventLogLine", "EventLogReader"]

HOLE = b"\0"
"""First byte of a hole in a compacted event log."""
HEAD_BYTES = 64 * 1024
"""Bytes of a line that are read before deciding whether the rest is needed."""
CHUNK_BYTES = 1024**2

_log = logging.getLogger(__name__)


class EventLogLine(NamedTuple):
    """A complete line of an event log, or the beginning of a long one."""

    start: int
    """Position of its first byte."""
    end: int
    """Position after its last byte."""
    content: bytes

    @property
    def whole(self) -> bool:
        """Whether `content` is the complete line."""
        return len(self.content) == self.end - self.start


def _prefix(kind: str) -> bytes:
    """Return the first bytes of a line with one type of event."""
    return f'{{"type":"{kind}"'.encode()


class EventLogReader:
    """Read events from an event log that may still grow.

    Each iteration yields the events of the complete lines that were added since the last one. An incomplete last line
    is read by the next iteration, and an event log that does not exist yet has no lines. A line that is not an event is
    logged and skipped, because a damaged disk block must not hide how the job ended. An event log that became shorter
    than the offset is read from its start.

    Parameters
    ----------
    path
        The event log.
    offset
        Position of the first line to read, in bytes.
    outputs
        False skips `Output` events without loading them.
    only
        Types of the events to read, e.g. ``sample``; all others are skipped without loading them.
    key
        Verifies the executor's signature; with it, `Ended` events that are not signed are skipped.

    Attributes
    ----------
    path : Path
    offset : int
        Position after the last line that was read or skipped.
    unsigned : bool
        Whether an `Ended` event without a valid signature was skipped.
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
                    _log.warning("%s: the line at byte %d is not an event and is skipped", self.path, line.start)
                continue
            if self._key and isinstance(event, Ended) and not is_signed(line.content, self._key):
                self.unsigned = True
                continue
            yield event, line.end

    def lines(self, limit: int | None = None) -> Iterator[EventLogLine]:
        """Yield each line to read, of a longer one only the first `limit` bytes."""
        try:
            file = open_regular(self.path)
        except FileNotFoundError:
            return
        with file:
            yield from self.lines_of(file, limit)

    def lines_of(self, file: BinaryIO, limit: int | None = None) -> Iterator[EventLogLine]:
        """Yield lines as `lines` does, of the event log opened as `file`, even if another file replaces it."""
        if file.seek(0, os.SEEK_END) < self.offset:
            self.offset = 0
        while True:
            file.seek(self.offset)
            head = file.readline(HEAD_BYTES)
            start, end = self.offset, _end_of_line(file, head, self.offset + len(head))
            if end is None:
                return
            self.offset = end
            if len(head) < min(HEAD_BYTES, end - start):  # it has grown in the meantime
                head = _read(file, start, min(HEAD_BYTES, end - start))
            if self._wants(head):
                length = end - start if limit is None else min(max(limit, HEAD_BYTES), end - start)
                yield EventLogLine(start, end, head if len(head) == length else _read(file, start, length))

    def _wants(self, beginning: bytes) -> bool:
        return beginning.startswith(self._wanted) and not beginning.startswith((*self._unwanted, HOLE))

    @staticmethod
    def whole(file: BinaryIO, line: EventLogLine) -> bytes:
        """Return the complete content of a line."""
        return _read(file, line.start, line.end - line.start)


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _end_of_line(file: BinaryIO, content: bytes, end: int) -> int | None:
    """Return the end of the line whose `content` was read up to `end`; None if it is incomplete."""
    while content and not content.endswith(b"\n"):
        content = file.readline(CHUNK_BYTES)
        end += len(content)
    return end if content else None
