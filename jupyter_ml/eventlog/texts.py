# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read printed text from an event log in pieces, without loading the events that contain it.

Text is what a cell or a command printed. In the event log it is a JSON string; a piece of that is read as bytes and
decoded separately.
"""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.eventlog.reader import EventLogLine

__all__ = ["TEXT", "Piece", "count_lines", "cut", "piece", "raw_pieces", "text_end", "with_text"]

TEXT = re.compile(
    rb'\{"type":"(?:output|log)","time":[^,]+,(?:"cell":(?P<cell>-?\d+),"output":\{"output_type":"stream",)?'
    rb'"name":"(?P<name>\w+)","text":"'
)
"""Matches the beginning of an event with text, up to the text."""
_CONTENT = re.compile(rb'(?:[^"\\\n]++|\\u[0-9a-fA-F]{4}|\\[^u])*+')
"""Matches the content of a JSON string, up to its end or an incomplete escape sequence."""
_CHUNK_BYTES = 1024**2
_ENDS = (b'"},"display_id":null}\n', b'"}\n')


class Piece(NamedTuple):
    """A piece of a text."""

    text: str
    next: int | None
    """Position of the next piece; None at the end of the text."""


def text_end(file: BinaryIO, line: EventLogLine) -> int:
    """Return the position after the text of a line that `TEXT` matches."""
    file.seek(max(line.end - len(_ENDS[0]), line.start))
    tail = file.read(line.end - file.tell())
    return line.end - next(len(end) for end in (*_ENDS, b"") if tail.endswith(end))


def with_text(text: re.Match[bytes], raw: bytes) -> bytes:
    """Return the event whose beginning `TEXT` matched, with the encoded text replaced by `raw`."""
    return text[0] + raw + (b'"}}' if text["cell"] else b'"}')


def cut(raw: bytes) -> tuple[int, bool]:
    """Return the length of the longest piece of a text at the start of `raw`, and whether the text ends with it.

    A piece consists of complete lines, or of complete characters if the first line is longer.
    """
    match = _CONTENT.match(raw)
    assert match is not None
    inside = match.end()
    if raw[inside : inside + 1] == b'"':
        return inside, True
    last = raw[:inside].replace(b"\\\\", b"\0\0").rfind(b"\\n")
    if last >= 0:
        return last + 2, False
    return _characters(raw[:inside]), False


def _characters(raw: bytes) -> int:
    """Return the length of `raw` without an incomplete last character; UnicodeDecodeError if it is not UTF-8."""
    decoder = getincrementaldecoder("utf-8")()
    decoder.decode(raw)
    return len(raw) - len(decoder.getstate()[0])


def piece(file: BinaryIO, position: int, limit: int) -> Piece:
    """Return at most `limit` encoded bytes of the text at `position` in an event log.

    Raises
    ------
    InvalidInputError
        If no character of a text begins there.
    """
    file.seek(position)
    raw = file.read(limit)
    with suppress(ValueError):  # UnicodeDecodeError is one
        length, ended = cut(raw)
        text: str = json.loads(b'"%b"' % raw[:length])
        if length or ended:
            return Piece(text, None if ended else position + length)
    raise InvalidInputError(f"position: no text continues at byte {position}; use a position from an earlier response")


def raw_pieces(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the encoded text between two positions in pieces of complete lines, each with its position."""
    while start < end:
        file.seek(start)
        raw = file.read(min(_CHUNK_BYTES, end - start))
        length, _ = cut(raw) if start + len(raw) < end else (len(raw), True)
        if not length:
            return
        yield start, raw[:length]
        start += length


def chunks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes between two positions."""
    while start < end:
        file.seek(start)
        chunk = file.read(min(_CHUNK_BYTES, end - start))
        if not chunk:
            return
        start += len(chunk)
        yield chunk


def count_lines(file: BinaryIO, start: int, end: int) -> int:
    """Return the number of line ends in an encoded text between two positions."""
    count, rest = 0, b""
    for chunk in chunks(file, start, end):
        raw = (rest + chunk).replace(b"\\\\", b"")
        rest = b"\\" if raw.endswith(b"\\") else b""
        count += raw.count(b"\\n")
    return count
