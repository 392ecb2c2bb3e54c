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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.eventlog.outputs import OutputIndex, encode
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.run_state import CellRun, RunState
from jupyter_ml.notebooks.messages import add_messages
from jupyter_ml.notebooks.prepare import runs
from jupyter_ml.schemas.event_log import CellState, Cleared, parse_event
from jupyter_ml.schemas.regular import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO, Literal

    from jupyter_ml.notebooks.reading import Notebook
    from jupyter_ml.schemas.event_log import Ended
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["assemble", "notebook_chunks", "write_output"]

_log = logging.getLogger(__name__)


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
    run, places = RunState(ended=ended), _Places()
    try:
        file = open_regular(event_log)
    except FileNotFoundError:  # nothing has happened yet
        yield from places.fill(encode(_bare(notebook, run, places, messages, outputs), constants, 1), None)
        return
    with file:
        index = OutputIndex(event_log, file, constants)
        _read(EventLogReader(event_log, outputs=outputs), file, run, index)
        run.ended = ended or run.ended
        bare = _bare(notebook, run, places, messages, outputs)
        yield from places.fill(encode(bare, constants, 1), index)


def _read(reader: EventLogReader, file: BinaryIO, run: RunState, index: OutputIndex) -> None:
    """Take in what happened; of outputs only where they stand."""
    for line in reader.lines_of(file, 0):
        if index.add(line):
            continue
        try:
            event = parse_event(line.content if line.whole else reader.whole(file, line))
        except ValueError:
            _log.warning("%s: the line at byte %d is no event and is passed over", file.name, line.start)
            continue
        run.apply(event)
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


def _bare(notebook: Notebook, run: RunState, places: _Places, messages: bool, outputs: bool) -> Notebook:
    """Return the notebook without its outputs."""
    notebook = copy.deepcopy(notebook)
    notebook["metadata"] |= run.metadata
    if not outputs:
        notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        _fill(cell, run, places)
    _sum_up(notebook["metadata"], run)
    if messages and run.ended and run.ended.cause:
        add_messages(notebook, run.ended.cause)
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


def _fill(cell: dict[str, Any], run: RunState, places: _Places) -> None:
    if not runs(cell) and cell["metadata"]["jupyter_ml"]["cell"] not in run.cells:
        return
    number = cell["metadata"]["jupyter_ml"]["cell"]
    timing, state = run.cells.get(number, CellRun()), run.cell_state(number)
    cell["outputs"] = places.of(number)
    done = timing.finished
    cell["execution_count"] = done.execution_count if done else None
    ended_at = done.time if done else None
    cell["metadata"]["jupyter_ml"] |= {
        "state": state.value,
        "started_at": _iso(timing.started_at),
        "ended_at": _iso(ended_at),
        "duration_s": done.duration_s if done else None,
        "peak_memory_bytes": done.peak_memory_bytes if done else None,
    }
    cell["metadata"]["papermill"] = {
        "status": state.value if state in ("running", "completed", "failed") else "pending",
        "exception": state is CellState.FAILED if timing.started_at is not None else None,
        "start_time": _iso(timing.started_at),
        "end_time": _iso(ended_at),
        "duration": done.duration_s if done else None,
    }


def _sum_up(metadata: dict[str, Any], run: RunState) -> None:
    end = run.ended
    duration = max(0.0, end.time - run.started_at) if end and run.started_at is not None else None
    metadata["jupyter_ml"] = {
        "state": end.state if end else "Running",
        "cause": end.cause.model_dump(mode="json", exclude_none=True) if end and end.cause else None,
        "started_at": _iso(run.started_at),
        "ended_at": _iso(end.time if end else None),
        "duration_s": duration,
    }
    metadata["papermill"] = metadata.get("papermill", {}) | {
        "exception": True if end and end.state != "Completed" else None,
        "start_time": _iso(run.started_at),
        "end_time": _iso(end.time if end else None),
        "duration": duration,
    }


def _iso(time: float | None) -> str | None:
    return datetime.fromtimestamp(time, UTC).isoformat() if time is not None else None
