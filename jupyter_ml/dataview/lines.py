# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An index of the lines of a text file, by which any page of its rows is found without reading what precedes it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["BLOCK_BYTES", "LineIndex", "index_lines"]

BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True)
class LineIndex:
    """Where lines begin, about once in 256 kB; a quoted line break is part of a line.

    Attributes
    ----------
    numbers, offsets
        Numbers of lines, and where they begin.
    total
        Number of lines.
    quoted
        Whether ``"`` quotes fields.
    """

    numbers: tuple[int, ...]
    offsets: tuple[int, ...]
    total: int
    quoted: bool

    def read(self, file: Path, first: int, count: int) -> bytes:
        """Return `count` lines from the line `first` on, or as many as there are."""
        last = min(first + count, self.total)
        if first >= last:
            return b""
        start = bisect_right(self.numbers, first) - 1
        stop = bisect_right(self.numbers, last - 1)
        with file.open("rb") as opened:
            opened.seek(self.offsets[start])
            data = opened.read(self.offsets[stop] - self.offsets[start] if stop < len(self.offsets) else -1)
        ends = _line_ends(data, quoted=self.quoted)
        begins = [0, *ends]
        after = last - self.numbers[start]
        return data[begins[first - self.numbers[start]] : begins[after] if after < len(begins) else len(data)]


def index_lines(file: Path, *, quoted: bool) -> LineIndex | None:
    """Index the lines of a file.

    Parameters
    ----------
    file
        A text in which the byte 10 ends lines: UTF-8, and not UTF-16.
    quoted
        Whether ``"`` quotes fields, in which line breaks are text.

    Returns
    -------
    LineIndex or None
        None for a file with blank lines, which readers of tables skip, and for one with an open quote at its end.
    """
    numbers, offsets = [0], [0]
    number, position, inside, previous = 0, 0, False, b"\n"
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            if any(blank in previous + block for blank in (b"\n\n", b"\n\r\n")):
                return None
            first = True
            for at, piece in _outside(block, inside=inside, quoted=quoted):
                found = piece.find(b"\n") if first else -1
                if found >= 0:
                    numbers.append(number + 1)
                    offsets.append(position + at + found + 1)
                    first = False
                number += piece.count(b"\n")
            inside ^= quoted and block.count(b'"') % 2 == 1
            position += len(block)
            previous = block[-2:]
    if inside:
        return None
    if not previous.endswith(b"\n"):
        number += 1
    elif offsets[-1] == position:
        numbers.pop()
        offsets.pop()
    return LineIndex(tuple(numbers), tuple(offsets), number, quoted)


def _line_ends(data: bytes, *, quoted: bool) -> list[int]:
    """Return the position after each line break that ends a line."""
    ends = []
    for at, piece in _outside(data, inside=False, quoted=quoted):
        found = piece.find(b"\n")
        while found >= 0:
            ends.append(at + found + 1)
            found = piece.find(b"\n", found + 1)
    return ends


def _outside(data: bytes, *, inside: bool, quoted: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces of a text that are not quoted, with their positions; `inside` is whether it begins quoted."""
    at = 0
    for piece in data.split(b'"') if quoted else [data]:
        if not inside:
            yield at, piece
        at += len(piece) + 1
        inside = not inside
