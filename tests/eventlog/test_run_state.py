# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The state of a run, reduced from its events."""

from __future__ import annotations

from jupyter_ml.eventlog.run_state import RunState
from jupyter_ml.schemas.event_log import (
    INJECTED,
    CellFinished,
    CellStarted,
    CellState,
    Ended,
    ExecutorStarted,
    KernelStarted,
    MetadataChanged,
    Sample,
    Usage,
)
from jupyter_ml.schemas.jobs import Progress


def run_of(*events) -> RunState:
    return RunState.of((event, 0) for event in events)


def started(*cells: int) -> ExecutorStarted:
    return ExecutorStarted(time=1, pid=1, cells=list(cells))


def finished(cell: int, state: CellState = CellState.COMPLETED, duration_s: float = 2) -> CellFinished:
    return CellFinished(time=5, cell=cell, state=state, duration_s=duration_s)


def test_a_run_goes_from_cell_to_cell() -> None:
    run = run_of(started(0, INJECTED, 3), KernelStarted(time=2, pid=2), CellStarted(time=3, cell=0), finished(0))
    assert (run.started_at, run.running, run.current_cell, run.pending_cells) == (1, True, None, [INJECTED, 3])
    run.apply(CellStarted(time=6, cell=INJECTED))
    assert (run.current_cell, run.pending_cells, run.durations) == (INJECTED, [3], {0: 2})
    assert [run.cell_state(cell) for cell in (0, INJECTED, 3)] == ["completed", "running", "pending"]
    assert run.progress == Progress(cells_done=1, cells_total=2, cell=INJECTED)


def test_a_skipped_cell_counts_as_neither_planned_nor_done() -> None:
    run = run_of(started(0, 2), finished(1, CellState.SKIPPED))
    assert run.cell_state(1) == "skipped"
    assert run.progress == Progress(cells_done=0, cells_total=2)
    assert run.pending_cells == [0, 2]


def test_cells_of_a_run_that_was_killed() -> None:
    run = run_of(started(0, 1, 2), CellStarted(time=3, cell=0), finished(0), CellStarted(time=6, cell=1))
    run.ended = Ended(time=9, state="Failed")
    assert [run.cell_state(cell) for cell in range(3)] == ["completed", "failed", "not_run"]


def test_an_end_that_is_followed_by_another_event_does_not_count() -> None:
    run = run_of(started(0), Ended(time=2, state="Completed"))
    assert run.ended
    run.apply(CellStarted(time=3, cell=0))
    assert run.ended is None


def test_the_last_measurement_and_the_newest_metadata_count() -> None:
    samples = [Sample(time=n, usage=Usage(cpu_percent=n, memory_bytes=n)) for n in (1, 2)]
    changes = [MetadataChanged(time=3, metadata=data) for data in ({"a": 1, "b": 1}, {"b": 2})]
    run = run_of(*samples, *changes)
    assert run.usage == samples[1].usage
    assert run.metadata == {"a": 1, "b": 2}


def test_another_attempt_begins_with_a_new_state() -> None:
    run = run_of(
        started(0, 1), KernelStarted(time=2), CellStarted(time=3, cell=0), MetadataChanged(time=3, metadata={"a": 1})
    )
    run.apply(started(1))
    assert run == RunState.of([(started(1), 0)])
