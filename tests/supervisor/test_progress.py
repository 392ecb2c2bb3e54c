# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How far a job is, and the one formula for how long it will still take."""

from __future__ import annotations

import re

import pytest

from jupyter_ml.schemas.duration_estimate import DurationEstimate
from jupyter_ml.schemas.event_log import INJECTED, CellFinished, CellStarted, CellState, ExecutorStarted
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.store.queue import Advance
from jupyter_ml.supervisor.progress import ProgressTracker
from tests.workspaces import until, write_notebook


def test_what_the_running_cell_and_those_behind_it_usually_take():
    tracker = ProgressTracker(lambda: DurationEstimate(job="a", cells={0: 5, 2: 40, 3: 80}))
    assert tracker.at(0) == Progress()
    assert not tracker.unestimated, "nothing is looked up for a command"
    tracker.add(ExecutorStarted(time=100, pid=1, cells=[0, 1, 2]))
    assert tracker.unestimated
    tracker.estimate()
    assert not tracker.unestimated
    assert tracker.at(100) == Progress(cells_total=3, left_s=45)
    tracker.add(CellStarted(time=100, cell=0))
    assert tracker.at(103) == Progress(cells_total=3, cell=0, left_s=42)
    assert tracker.at(200).left_s == 40, (
        "a cell that takes longer than usual does not change the estimate of the others"
    )
    tracker.add(CellFinished(time=200, cell=0, state=CellState.COMPLETED, duration_s=100))
    assert tracker.at(200) == Progress(cells_done=1, cells_total=3, left_s=40)
    tracker.add(CellStarted(time=200, cell=1))
    tracker.add(CellFinished(time=201, cell=1, state=CellState.SKIPPED, duration_s=0))
    tracker.add(CellStarted(time=201, cell=2))
    assert tracker.at(211) == Progress(cells_done=1, cells_total=3, cell=2, left_s=30)
    assert tracker.at(300).left_s is None
    tracker.add(ExecutorStarted(time=400, pid=1, cells=[2, 3]))
    assert tracker.at(400) == Progress(cells_total=2, left_s=120), "another attempt begins from the start"
    assert not tracker.unestimated


def test_the_cell_with_the_given_parameters_is_not_counted():
    tracker = ProgressTracker(lambda: DurationEstimate(job="former", cells={-1: 3, 0: 5, 1: 7}))
    tracker.add(ExecutorStarted(time=100, pid=1, cells=[0, INJECTED, 1]))
    tracker.estimate()
    assert tracker.at(100) == Progress(cells_total=2, left_s=15)
    for cell, done in ((0, 1), (INJECTED, 1), (1, 2)):
        tracker.add(CellStarted(time=100, cell=cell))
        tracker.add(CellFinished(time=100, cell=cell, state=CellState.COMPLETED, duration_s=0))
        assert tracker.at(100).cells_done == done


@pytest.mark.integration
def test_it_is_in_the_job_while_that_runs_and_survives_a_handover(workspace, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "import time\ntime.sleep(x)", "1", parameters="x = 0")
    spec = {"type": "notebook", "notebook": str(path)}
    first = workspace.jobs.submit(spec)
    assert workspace.jobs.wait(first.name).progress.left_s is None, "there was none before"
    log = workspace.jobs.folder(first.name).event_log
    log.write_text(re.sub(r'("cell":1,"state":"completed","duration_s":)[^,}]+', r"\g<1>500", log.read_text()))
    second = workspace.jobs.submit({**spec, "parameters": {"x": 600}})
    until(lambda: workspace.jobs.get(second.name).progress.left_s in range(1, 501))
    workspace.supervisor.stop()
    offset = workspace._context.store.jobs.offset(second.name)
    advance = Advance(name=second.name, attempt=1, offset=offset, progress=Progress(), usage=None)
    workspace._context.store.jobs.advance([advance])
    # to ask for it brings the next supervisor
    until(lambda: workspace.jobs.get(second.name).progress.cells_total == 3)
    assert workspace.jobs.get(second.name).progress.cell == 1
    workspace.jobs.cancel(second.name)
    assert workspace.jobs.wait(second.name).progress.left_s is None
