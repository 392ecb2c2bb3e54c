# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write the state of a run into the metadata of a notebook, for Jupyter ML and in papermill's format."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.eventlog.run_state import CellRun
from jupyter_ml.schemas.event_log import CellState

if TYPE_CHECKING:
    from jupyter_ml.eventlog.run_state import RunState

__all__ = ["set_cell_state", "set_run_state"]


def set_cell_state(cell: dict[str, Any], run: RunState) -> None:
    """Set the execution count of a prepared cell, and its state in its metadata."""
    number = cell["metadata"]["jupyter_ml"]["cell"]
    timing, state = run.cells.get(number, CellRun()), run.cell_state(number)
    done, failed = timing.finished, state in (CellState.FAILED, CellState.CANCELED)
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
        "status": "failed" if failed else state.value if state in ("running", "completed") else "pending",
        "exception": failed if timing.started_at is not None else None,
        "start_time": _iso(timing.started_at),
        "end_time": _iso(ended_at),
        "duration": done.duration_s if done else None,
    }


def set_run_state(metadata: dict[str, Any], run: RunState) -> None:
    """Set the state of a run in the metadata of its notebook."""
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
