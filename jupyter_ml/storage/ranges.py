# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Keep what was read of files elsewhere: programs read the beginning and the end of a file again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    Fetch = Callable[[int, int], bytes]

__all__ = ["RangeCache"]

FIRST_BYTES = 1024**2
"""How much is read ahead at first."""
AHEAD_BYTES = 4 * 1024**2
"""How much is read ahead at most, after reads that followed each other."""
SPAN_BYTES = 16 * 1024**2
"""How much of what was read in a row is kept."""
KEPT_BYTES = 64 * 1024**2
"""How much of all files is kept."""


@dataclass
class _Span:
    """Bytes of a file from `start` on."""

    key: Hashable
    start: int
    ahead: int
    data: bytearray = field(default_factory=bytearray)

    @property
    def end(self) -> int:
        return self.start + len(self.data)


class RangeCache:
    """What was read last of some files, in few requests. It is used by one thread at a time."""

    def __init__(self) -> None:
        self._spans: list[_Span] = []  # the one that was used last is the last one

    def read(self, key: Hashable, size: int, start: int, end: int, fetch: Fetch) -> bytes:
        """Return the bytes of a file from `start` to `end`, or to its end.

        Parameters
        ----------
        key
            Names the file as it is now.
        size
            Its bytes.
        start, end
            Which bytes.
        fetch
            Reads the bytes from a first to before a last one.
        """
        end = min(end, size)
        if start >= end:
            return b""
        span = self._span(key, start)
        if span.end < end:
            stop = min(max(end, span.end + span.ahead), size)
            span.data += fetch(span.end, stop)
            span.ahead = min(2 * span.ahead, AHEAD_BYTES)
        found = bytes(memoryview(span.data)[start - span.start : end - span.start])
        self._shorten(span)
        return found

    def _span(self, key: Hashable, start: int) -> _Span:
        """Return the bytes that contain a place or end there, as those that were used last."""
        for at, span in enumerate(self._spans):
            if span.key == key and span.start <= start <= span.end:
                self._spans.append(self._spans.pop(at))
                return span
        span = _Span(key, start, FIRST_BYTES)
        self._spans.append(span)
        return span

    def _shorten(self, used: _Span) -> None:
        """Forget what is too much: the beginning of what was read in a row, and what was not used for longest."""
        if len(used.data) > SPAN_BYTES:
            cut = len(used.data) - AHEAD_BYTES
            del used.data[:cut]
            used.start += cut
        kept = sum(len(span.data) for span in self._spans)
        while kept > KEPT_BYTES:
            kept -= len(self._spans.pop(0).data)
