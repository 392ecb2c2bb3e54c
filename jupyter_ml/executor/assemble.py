"""Making the executed notebook of the notebook as it was sent and the spool.

At the end of a run, for a live view, and after a crash: it is always the same function.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.executor.messages import add_messages
from jupyter_ml.executor.prepare import runs
from jupyter_ml.executor.spool import SpoolReader
from jupyter_ml.schemas.spool import (
    CellFinished,
    CellStarted,
    CellState,
    Cleared,
    DisplayUpdated,
    Ended,
    ExecutorStarted,
    MetadataChanged,
    Output,
    SpoolEvent,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.executor.notebooks import Notebook
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["assemble", "write_output"]


@dataclass
class _Cell:
    """What the spool tells of one cell."""

    started: float | None = None
    finished: CellFinished | None = None
    outputs: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    """Display id and output."""


@dataclass
class _Story:
    """What the spool tells of a run, event by event."""

    ended: Ended | None
    started: float | None = None
    cells: dict[int, _Cell] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    def cell(self, number: int) -> _Cell:
        return self.cells.setdefault(number, _Cell())

    def add(self, event: SpoolEvent) -> None:
        match event:
            case ExecutorStarted():
                self.started = event.time
            case CellStarted():
                self.cell(event.cell).started = event.time
            case CellFinished():
                self.cell(event.cell).finished = event
            case Output():
                if event.display_id is not None:
                    self._show(event.display_id, event.output.get("data"), event.output.get("metadata"))
                self.cell(event.cell).outputs.append((event.display_id, event.output))
            case Cleared():
                self.cell(event.cell).outputs.clear()
            case DisplayUpdated():
                self._show(event.display_id, event.data, event.metadata)
            case MetadataChanged():
                self.metadata |= event.metadata
            case Ended():
                self.ended = event

    def _show(self, display_id: str, data: Any, metadata: Any) -> None:
        for cell in self.cells.values():
            for known, output in cell.outputs:
                if known == display_id:
                    output |= {"data": data, "metadata": metadata}

    def state(self, number: int) -> CellState:
        cell = self.cell(number)
        if cell.finished:
            return cell.finished.state
        if cell.started is not None:
            return CellState.FAILED if self.ended else CellState.RUNNING
        return CellState.NOT_RUN if self.ended else CellState.PENDING


def assemble(
    notebook: Notebook, spool: Path, ended: Ended | None = None, *, messages: bool = True, outputs: bool = True
) -> Notebook:
    """Return the notebook with what has happened so far.

    Parameters
    ----------
    notebook
        As it was sent (`AttemptFolder.input`); it is not changed.
    spool
        What happened.
    ended
        How it ended, where the executor could not tell any more.
    messages
        Whether cells that tell of a failure in words are added.
    outputs
        Whether outputs are filled in; without them there is no state of widgets either.
    """
    story = _Story(ended)
    for event, _ in SpoolReader(spool, outputs=outputs):
        story.add(event)
    notebook = copy.deepcopy(notebook)
    notebook["metadata"] |= story.metadata
    if not outputs:
        notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        _fill(cell, story)
    _sum_up(notebook["metadata"], story)
    if messages and story.ended and story.ended.cause:
        add_messages(notebook, story.ended.cause)
    return notebook


def write_output(folder: AttemptFolder, ended: Ended | None = None) -> bool:
    """Write the executed notebook of an attempt, whole or not at all; False where it never came to a notebook."""
    try:
        notebook = json.loads(folder.input.read_bytes())
    except (OSError, ValueError):
        return False
    text = json.dumps(assemble(notebook, folder.spool, ended), ensure_ascii=False, indent=1)
    temporary = folder.output.with_suffix(".partial")
    try:
        temporary.touch(mode=0o600)
        temporary.write_bytes(text.encode("utf-8", "replace"))
        temporary.replace(folder.output)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _fill(cell: dict[str, Any], story: _Story) -> None:
    if not runs(cell) and cell["metadata"]["jupyter_ml"]["cell"] not in story.cells:
        return
    number = cell["metadata"]["jupyter_ml"]["cell"]
    told, state = story.cell(number), story.state(number)
    cell["outputs"] = _merged([output for _, output in told.outputs])
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
    duration = end.time - story.started if end and story.started is not None else None
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


def _merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the outputs with pieces of one stream that follow each other as one."""
    merged: list[dict[str, Any]] = []
    pieces: list[str] = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output["output_type"] == "stream" and output["name"] == last.get("name"):
            pieces.append(output["text"])
            continue
        _join(merged, pieces)
        merged.append(output)
        pieces = [output["text"]] if output["output_type"] == "stream" else []
    _join(merged, pieces)
    return merged


def _join(merged: list[dict[str, Any]], pieces: list[str]) -> None:
    if pieces:
        merged[-1] = merged[-1] | {"text": "".join(pieces)}


def _iso(time: float | None) -> str | None:
    return datetime.fromtimestamp(time, UTC).isoformat() if time is not None else None
