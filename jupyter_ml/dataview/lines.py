# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An index of the lines of a text file, by which any page of its rows is found without reading what precedes it."""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from itertools import count
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.dataview.files import DataFile

__all__ = ["BLOCK_BYTES", "LineIndex"]

BLOCK_BYTES = 256 * 1024
MAX_PAGE_BYTES = 128 * 1024**2
"""How much is read for a page."""
_BLANK = re.compile(rb"\n\r?\n")


class LineIndex:
    """Where lines begin, about once in 256 kB; a quoted line break is part of a line.

    Lines that have been found can be read while the others are still looked for.

    Parameters
    ----------
    file
        A text in UTF-8.
    quoted
        Whether ``"`` quotes fields, in which line breaks are text.
    blank
        Whether blank lines are lines; otherwise a file with one is not `usable`, because readers of tables skip them.
    """

    def __init__(self, file: DataFile, *, quoted: bool, blank: bool = False) -> None:
        self._file, self._quoted, self._blank = file, quoted, blank
        self._numbers, self._offsets = [0], [0]
        self._found = 0
        self._changed = threading.Condition()
        self._started = self._closed = False
        self.position = 0
        self.usable = True
        self.total: int | None = None
        """Number of lines, when all have been found."""

    @property
    def is_local(self) -> bool:
        """Whether the file is on this machine; of another one, all of it is downloaded."""
        return self._file.filesystem is None

    def start(self) -> None:
        """Look for the lines in a thread, unless one does."""
        if not self._started:
            self._started = True
            threading.Thread(target=self.run, daemon=True).start()

    def close(self) -> None:
        """End the thread."""
        self._closed = True

    def run(self) -> None:
        """Look for the lines."""
        try:
            usable = self._index()
        except Exception:  # noqa: BLE001 -- of any file system; the rows are read in another way, or report it
            usable = False
        with self._changed:
            self.usable = usable
            if usable:
                self.total = self._found
            self._changed.notify_all()

    def wait(self, lines: int, limit_s: float | None = None) -> bool:
        """Wait until so many lines have been found, or all; return whether they can be read."""
        with self._changed:
            ended = self._changed.wait_for(
                lambda: self.total is not None or not self.usable or self._found >= lines, limit_s
            )
            return ended and self.usable

    def read(self, first: int, number: int) -> bytes:
        """Return `number` lines from the line `first` on, or as many as have been found."""
        with self._changed:
            last = min(first + number, self._found)
            if first >= last:
                return b""
            start = bisect_right(self._numbers, first) - 1
            stop = bisect_right(self._numbers, last - 1)
            begin, start_line = self._offsets[start], self._numbers[start]
            end = self._offsets[stop] if stop < len(self._offsets) else self.position
        if end - begin > MAX_PAGE_BYTES:
            raise InvalidInputError(
                f"{self._file.name}: the rows from {first:,} on cannot be shown: the lines there have {end - begin:,} "
                f"bytes, and {MAX_PAGE_BYTES:,} are allowed"
            )
        with self._file.open() as opened:
            opened.seek(begin)
            data = opened.read(end - begin)
        ends = _line_ends(data, quoted=self._quoted)
        begins = [0, *ends]
        after = last - start_line
        return data[begins[first - start_line] : begins[after] if after < len(begins) else len(data)]

    def _index(self) -> bool:
        """Look for the lines; return whether the index can be used."""
        number, inside, previous = 0, False, b"\n"
        with self._file.open() as opened:
            while block := opened.read(BLOCK_BYTES):
                if self._closed:
                    raise UnavailableError("the file is closed")
                if not self._blank and _has_blank_line(previous, block):
                    return False
                plain = not self._quoted or b'"' not in block
                pieces = ((0, block),) if plain and not inside else _outside(block, inside=inside)
                start, lines = _lines(() if plain and inside else pieces)
                inside ^= not plain and block.count(b'"') % 2 == 1
                previous = block[-2:]
                with self._changed:
                    if start is not None:
                        self._numbers.append(number + 1)
                        self._offsets.append(self.position + start)
                    number += lines
                    self._found = number
                    self.position += len(block)
                    self._changed.notify_all()
        if inside:
            return False
        with self._changed:
            if not previous.endswith(b"\n"):
                self._found += 1
            elif self._offsets[-1] == self.position:
                self._numbers.pop()
                self._offsets.pop()
        return True


def _has_blank_line(previous: bytes, block: bytes) -> bool:
    return _BLANK.search(block) is not None or _BLANK.search(previous + block[:2]) is not None


def _lines(pieces: Iterator[tuple[int, bytes]] | tuple[tuple[int, bytes], ...]) -> tuple[int | None, int]:
    """Return the position after the first line break, and the number of line breaks."""
    first, lines = None, 0
    for at, piece in pieces:
        if first is None and (found := piece.find(b"\n")) >= 0:
            first = at + found + 1
        lines += piece.count(b"\n")
    return first, lines


def _line_ends(data: bytes, *, quoted: bool) -> list[int]:
    """Return the position after each line break that ends a line."""
    ends = []
    for at, piece in _outside(data, inside=False) if quoted else ((0, data),):
        found = piece.find(b"\n")
        while found >= 0:
            ends.append(at + found + 1)
            found = piece.find(b"\n", found + 1)
    return ends


def _outside(data: bytes, *, inside: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces of a text that are not quoted, with their positions; `inside` is whether it begins quoted."""
    at = 0
    for number, piece in zip(count(int(inside)), data.split(b'"'), strict=False):
        if number % 2 == 0:
            yield at, piece
        at += len(piece) + 1
