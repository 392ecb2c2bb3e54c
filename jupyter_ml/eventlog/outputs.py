# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the outputs of cells in an event log, and copy them from it in pieces without loading all of them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic_core import PydanticSerializationError, from_json, to_json

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.texts import TEXT, chunks, cut, text_end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal

    from jupyter_ml.eventlog.reader import EventLogLine

__all__ = ["OutputIndex", "encode"]

LARGE_BYTES = 8 * 1024**2
"""Larger outputs are copied without parsing them."""
_KINDS = tuple(f'{{"type":"{kind}",'.encode() for kind in ("output", "display_updated"))
_OUTPUT = re.compile(rb'\{"type":"output","time":[^,]+,"cell":(-?\d+),"output":')
_UPDATE = re.compile(rb'\{"type":"display_updated","time":[^,]+,"display_id":("(?:[^"\\]|\\.)*+")')
_DISPLAY_ID = re.compile(rb',"display_id":(null|"(?:[^"\\]|\\.)*+")\}\n\Z')
_TAIL_BYTES = 4096
_CONSTANTS = re.compile(rb"NaN|Infinity")


@dataclass(slots=True)
class _Stream:
    """Consecutive text of one stream of a cell: the first line with it, and the end of the last."""

    name: bytes
    start: int
    end: int


@dataclass(slots=True)
class _Rich:
    """Any other output: its position, and that of the line with its latest data."""

    start: int
    end: int
    display_id: bytes
    shown: tuple[int, int] | None = None


class OutputIndex:
    """Index the positions of all outputs in an event log, by cell.

    Parameters
    ----------
    path, file
        The event log and the same file opened; it is read twice, and another file may replace it in the meantime.
    constants
        How NaN is written: ``constants`` as Python does, ``strings`` for strict JSON.
    """

    def __init__(self, path: Path, file: BinaryIO, constants: Literal["constants", "strings"]) -> None:
        self._path, self._file, self._constants = path, file, constants
        self._cells: dict[int, list[_Stream | _Rich]] = defaultdict(list)

    def add(self, line: EventLogLine) -> bool:
        """Add a line to the index; return whether it is a valid output, or an update of one."""
        if not line.content.startswith(_KINDS) or not self._sound(line):
            return False
        if text := TEXT.match(line.content):
            if text["cell"] is None:
                return False
            self._add_text(int(text["cell"]), text["name"], line)
        elif output := _OUTPUT.match(line.content):
            return self._add_rich(int(output[1]), line, line.start + output.end())
        elif update := _UPDATE.match(line.content):
            self._update(update[1], line)
        else:
            return False
        return True

    def clear(self, cell: int) -> None:
        """Remove the outputs of a cell."""
        self._cells.pop(cell, None)

    def write(self, cell: int) -> Iterator[bytes]:
        """Yield the outputs of a cell as a JSON array."""
        yield b"["
        for number, output in enumerate(self._cells.get(cell, ())):
            if number:
                yield b","
            yield from self._text(cell, output) if isinstance(output, _Stream) else self._rich(output)
        yield b"]"

    def _sound(self, line: EventLogLine) -> bool:
        """Return whether a line can be copied: disk errors and the job itself may have damaged it."""
        if line.end - line.start > LARGE_BYTES:
            return True
        try:
            event = json.loads(line.content if line.whole else self._read(line.start, line.end))
        except (ValueError, RecursionError):
            return False
        return isinstance(event.get("output", {}), dict)

    def _add_text(self, cell: int, name: bytes, line: EventLogLine) -> None:
        outputs = self._cells[cell]
        if outputs and isinstance(last := outputs[-1], _Stream) and last.name == name:
            last.end = line.end
        else:
            outputs.append(_Stream(name, line.start, line.end))

    def _add_rich(self, cell: int, line: EventLogLine, begin: int) -> bool:
        tail = line.content if line.whole else self._read(max(line.end - _TAIL_BYTES, line.start), line.end)
        last = _DISPLAY_ID.search(tail)
        if last is None:
            return False
        if last[1] != b"null":
            self._update(last[1], line)
        self._cells[cell].append(_Rich(begin, line.end - len(tail) + last.start(), last[1]))
        return True

    def _update(self, display_id: bytes, line: EventLogLine) -> None:
        for outputs in self._cells.values():
            for output in outputs:
                if isinstance(output, _Rich) and output.display_id == display_id:
                    output.shown = (line.start, line.end)

    def _read(self, start: int, end: int) -> bytes:
        self._file.seek(start)
        return self._file.read(end - start)

    def _text(self, cell: int, stream: _Stream) -> Iterator[bytes]:
        yield b'{"output_type":"stream","name":"%b","text":"' % stream.name
        reader = EventLogReader(self._path, stream.start)
        for line in reader.lines_of(self._file, 0):
            if line.start >= stream.end:
                break
            text = TEXT.match(line.content)
            if text and text["cell"] == b"%d" % cell and text["name"] == stream.name:
                yield from self._raw_text(line, text.end())
        yield b'"}'

    def _raw_text(self, line: EventLogLine, start: int) -> Iterator[bytes]:
        if line.whole:
            raw = line.content[start:]
            length, ended = cut(raw)
            yield raw[: length if ended else 0]
        else:
            yield from chunks(self._file, line.start + start, text_end(self._file, line))

    def _rich(self, output: _Rich) -> Iterator[bytes]:
        if output.shown is not None:
            event = from_json(self._read(*output.shown))
            shown = event["output"] if event["type"] == "output" else event
            now = {"data": shown.get("data"), "metadata": shown.get("metadata")}
            yield encode(from_json(self._read(output.start, output.end)) | now, self._constants)
        elif output.end - output.start > LARGE_BYTES:
            yield from chunks(self._file, output.start, output.end)
        else:
            raw = self._read(output.start, output.end)
            constant = self._constants == "strings" and _CONSTANTS.search(raw)
            yield encode(from_json(raw), self._constants) if constant else raw


def encode(value: Any, constants: Literal["constants", "strings"], indent: int | None = None) -> bytes:
    """Return `value` as JSON, with question marks for lone surrogates."""
    try:
        return to_json(value, indent=indent, inf_nan_mode=constants)
    except PydanticSerializationError:
        return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "replace")
