# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Search the printed output of a job, chunk by chunk."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from jupyter_ml.eventlog.texts import TEXT, raw_pieces, text_end
from jupyter_ml.schemas.escaping import program_text
from jupyter_ml.schemas.files import TextHit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.eventlog.reader import EventLogReader

__all__ = ["search"]


def search(reader: EventLogReader, file: BinaryIO, text: str) -> Iterator[TextHit]:
    """Yield the lines that contain a text, ignoring case; a line printed in parts counts as several."""
    wanted = text.lower()
    for event in reader.lines_of(file, 0):
        if match := TEXT.match(event.content):
            with suppress(ValueError):  # a bad block on a disk is not text
                pieces = raw_pieces(file, event.start + match.end(), text_end(file, event))
                yield from _lines_with(wanted, event.start, pieces)


def _lines_with(wanted: str, offset: int, pieces: Iterator[tuple[int, bytes]]) -> Iterator[TextHit]:
    line = 0
    for position, raw in pieces:
        text = json.loads(b'"%b"' % raw)
        shown = (program_text(text, colours=False) if "\x1b" in text else text).lower()
        if wanted in shown:
            for number, (start, each) in enumerate(zip(_starts(position, raw), shown.split("\n"), strict=True)):
                if wanted in each:
                    yield TextHit(offset=offset, position=start, line=line + number)
        line += shown.count("\n")


def _starts(position: int, raw: bytes) -> Iterator[int]:
    """Yield the position of each line of a chunk."""
    for each in raw.replace(b"\\\\", b"\0\0").split(b"\\n"):
        yield position
        position += len(each) + 2
