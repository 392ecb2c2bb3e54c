# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Making the executed notebook of the notebook as it was sent and the event log.

At the end of a run, for a live view, and after a crash: it is always the same function. Outputs are copied from the
event log in pieces: however much was printed, it is never all in memory.
"""

from __future__ import annotations

import copy
import json
import logging
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.eventlog.outputs import OutputIndex, encode
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.notebooks.messages import add_messages
from jupyter_ml.notebooks.prepare import runs
from jupyter_ml.schemas.event_log import (
    AttemptEvent,
    CellFinished,
    CellStarted,
    CellState,
    Cleared,
    Ended,
    ExecutorStarted,
    MetadataChanged,
    parse_event,
)
from jupyter_ml.schemas.regular import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO, Literal

    from jupyter_ml.notebooks.reading import Notebook
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["assemble", "notebook_chunks", "write_output"]

_log = logging.getLogger(__name__)


@dataclass
class _Cell:
    """What the event log tells of one cell."""

    started: float | None = None
    finished: CellFinished | None = None


@dataclass
class _Story:
    """What the event log tells of a run, event by event."""

    ended: Ended | None
    known: bool
    """Whether `ended` is how it ended, whatever the event log says."""
    started: float | None = None
    cells: dict[int, _Cell] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    def cell(self, number: int) -> _Cell:
        return self.cells.setdefault(number, _Cell())

    def add(self, event: AttemptEvent) -> None:
        if not self.known:  # an end after which something happens was none
            self.ended = event if isinstance(event, Ended) else None
        match event:
            case ExecutorStarted():
                self.started = event.time
            case CellStarted():
                self.cell(event.cell).started = event.time
            case CellFinished():
                self.cell(event.cell).finished = event
            case MetadataChanged():
                self.metadata |= event.metadata

    def state(self, number: int) -> CellState:
        cell = self.cell(number)
        if cell.finished:
            return cell.finished.state
        if cell.started is not None:
            return CellState.FAILED if self.ended else CellState.RUNNING
        return CellState.NOT_RUN if self.ended else CellState.PENDING


def assemble(
    notebook: Notebook, event_log: Path, ended: Ended | None = None, *, messages: bool = True, outputs: bool = True
) -> Notebook:
    """Return the notebook with what has happened so far, all of it; see `notebook_chunks` for the parameters."""
    chunks = notebook_chunks(notebook, event_log, ended, messages=messages, outputs=outputs)
    return json.loads(b"".join(chunks))  # type: ignore[no-any-return]


def notebook_chunks(
    notebook: Notebook,
    event_log: Path,
    ended: Ended | None = None,
    *,
    messages: bool = True,
    outputs: bool = True,
    constants: Literal["constants", "strings"] = "constants",
) -> Iterator[bytes]:
    """Yield the notebook with what has happened so far, as JSON.

    Parameters
    ----------
    notebook
        As it was sent (`AttemptFolder.input`); it is not changed.
    event log
        What happened.
    ended
        How it ended, where the executor could not tell any more.
    messages
        Whether cells that tell of a failure in words are added.
    outputs
        Whether outputs are filled in; without them there is no state of widgets either.
    constants
        How NaN is written: ``constants`` as Python does, ``strings`` where JSON is wanted.
    """
    story, places = _Story(ended, ended is not None), _Places()
    try:
        file = open_regular(event_log)
    except FileNotFoundError:  # nothing has happened yet
        yield from places.fill(encode(_bare(notebook, story, places, messages, outputs), constants, 1), None)
        return
    with file:
        index = OutputIndex(event_log, file, constants)
        _read(EventLogReader(event_log, outputs=outputs), file, story, index)
        bare = _bare(notebook, story, places, messages, outputs)
        yield from places.fill(encode(bare, constants, 1), index)


def _read(reader: EventLogReader, file: BinaryIO, story: _Story, index: OutputIndex) -> None:
    """Take in what happened; of outputs only where they stand."""
    for line in reader.lines_of(file, 0):
        if index.add(line):
            continue
        try:
            event = parse_event(line.content if line.whole else reader.whole(file, line))
        except ValueError:
            _log.warning("%s: the line at byte %d is no event and is passed over", file.name, line.start)
            continue
        story.add(event)
        if isinstance(event, Cleared):
            index.clear(event.cell)


class _Places:
    """Places in the notebook's text that outputs take."""

    def __init__(self) -> None:
        self._mark = secrets.token_hex(16)

    def of(self, cell: int) -> str:
        """Return what stands for the outputs of a cell."""
        return f"{self._mark}:{cell}"

    def fill(self, text: bytes, index: OutputIndex | None) -> Iterator[bytes]:
        """Yield the text with outputs in their places."""
        parts = re.split(rb'"%b:(-?\d+)"' % self._mark.encode(), text)
        yield parts[0]
        for cell, rest in zip(parts[1::2], parts[2::2], strict=True):
            yield from index.write(int(cell)) if index else [b"[]"]
            yield rest


def _bare(notebook: Notebook, story: _Story, places: _Places, messages: bool, outputs: bool) -> Notebook:
    """Return the notebook without its outputs."""
    notebook = copy.deepcopy(notebook)
    notebook["metadata"] |= story.metadata
    if not outputs:
        notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        _fill(cell, story, places)
    _sum_up(notebook["metadata"], story)
    if messages and story.ended and story.ended.cause:
        add_messages(notebook, story.ended.cause)
    return notebook


def write_output(folder: AttemptFolder, ended: Ended | None = None) -> bool:
    """Write the executed notebook of an attempt, whole or not at all; False where it never came to a notebook."""
    try:
        with open_regular(folder.input) as file:
            notebook = json.loads(file.read())
    except (OSError, ValueError):
        return False
    temporary = folder.output.with_suffix(".partial")
    try:
        temporary.touch(mode=0o600)
        with temporary.open("wb") as file:
            file.writelines(notebook_chunks(notebook, folder.event_log, ended))
        temporary.replace(folder.output)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _fill(cell: dict[str, Any], story: _Story, places: _Places) -> None:
    if not runs(cell) and cell["metadata"]["jupyter_ml"]["cell"] not in story.cells:
        return
    number = cell["metadata"]["jupyter_ml"]["cell"]
    told, state = story.cell(number), story.state(number)
    cell["outputs"] = places.of(number)
    done = told.finished
    cell["execution_count"] = done.execution_count if done else None
    ended_at = done.time if done else None
    cell["metadata"]["jupyter_ml"] |= {
        "state": state.value,
        "started_at": _iso(told.started),
        "ended_at": _iso(ended_at),
        "duration_s": done.duration_s if done else None,
        "peak_memory_bytes": done.peak_memory_bytes if done else None,
    }
    cell["metadata"]["papermill"] = {
        "status": state.value if state in ("running", "completed", "failed") else "pending",
        "exception": state is CellState.FAILED if told.started is not None else None,
        "start_time": _iso(told.started),
        "end_time": _iso(ended_at),
        "duration": done.duration_s if done else None,
    }


def _sum_up(metadata: dict[str, Any], story: _Story) -> None:
    end = story.ended
    duration = max(0.0, end.time - story.started) if end and story.started is not None else None
    metadata["jupyter_ml"] = {
        "state": end.state if end else "Running",
        "cause": end.cause.model_dump(mode="json", exclude_none=True) if end and end.cause else None,
        "started_at": _iso(story.started),
        "ended_at": _iso(end.time if end else None),
        "duration_s": duration,
    }
    metadata["papermill"] = metadata.get("papermill", {}) | {
        "exception": True if end and end.state != "Completed" else None,
        "start_time": _iso(story.started),
        "end_time": _iso(end.time if end else None),
        "duration": duration,
    }


def _iso(time: float | None) -> str | None:
    return datetime.fromtimestamp(time, UTC).isoformat() if time is not None else None
