# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The state of a run, reduced from its events."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path

import pytest

from jupyter_ml.eventlog.run_state import RunState
from jupyter_ml.schemas.event_log import (
    INJECTED,
    CellFinished,
    CellStarted,
    CellState,
    ExecutorStarted,
    KernelStarted,
    MetadataChanged,
    ProgressBar,
    Progressed,
    Sample,
    Usage,
    parse_event,
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
    assert run.progress == Progress(cells_done=1, cells_total=2, cell=INJECTED, prompt=1)


def test_a_skipped_cell_counts_as_neither_planned_nor_done() -> None:
    run = run_of(started(0, 2), finished(1, CellState.SKIPPED))
    assert run.cell_state(1) == "skipped"
    assert run.progress == Progress(cells_done=0, cells_total=2)
    assert run.pending_cells == [0, 2]


CASES = json.loads((Path(__file__).parent / "cell_states.json").read_text())
"""The front end computes the same states: `src/jobs/panel/run/state.spec.ts` reads this file as well."""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_states_of_cells(case) -> None:
    run = run_of(*(parse_event(json.dumps(event)) for event in case["events"]))
    assert {cell: run.cell_state(int(cell)) for cell in case["states"]} == case["states"]
    places = case.get("places", {})
    assert {cell: list(astuple(run.place(int(cell)))) for cell in places} == places


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


def test_the_prompt_is_that_of_the_kernel():
    run = RunState()
    run.apply(ExecutorStarted(time=1, pid=1, cells=[INJECTED, 3, 5]))
    assert run.progress.prompt is None
    for cell, count in ((INJECTED, 1), (3, 4)):  # a cell may run others
        run.apply(CellStarted(time=1, cell=cell))
        assert run.progress.prompt == (1 if cell == INJECTED else 2)
        run.apply(CellFinished(time=1, cell=cell, state="completed", duration_s=0, execution_count=count))
    run.apply(CellStarted(time=1, cell=5))
    assert run.progress.prompt == 5


def test_a_bar_belongs_to_the_running_cell():
    run, bar = RunState(), ProgressBar(done=1, total=2)
    run.apply(ExecutorStarted(time=1, pid=1, cells=[0, 1]))
    run.apply(CellStarted(time=1, cell=0))
    run.apply(Progressed(time=1, cell=1, bar=bar))
    assert run.progress.bar is None
    run.apply(Progressed(time=1, cell=0, bar=bar))
    assert run.progress.bar == bar
    run.apply(CellStarted(time=1, cell=1))
    assert run.progress.bar is None
