# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How far a job is, and the one formula for how long it will still take."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.duration_estimate import DurationEstimate
from jupyter_ml.schemas.event_log import (
    INJECTED,
    LAST_TIME,
    LONGEST_LEFT_S,
    CellFinished,
    CellStarted,
    CellState,
    ExecutorStarted,
    ProgressBar,
    Progressed,
)
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.store.attempts import AttemptProgress
from jupyter_ml.supervisor.progress import ProgressTracker
from tests.workspaces import until, write_notebook


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def test_the_end_is_expected_after_what_the_running_cell_and_those_behind_it_usually_take():
    tracker = ProgressTracker(lambda: DurationEstimate(job="a", cells={0: 5, 2: 40, 3: 80}))
    assert (tracker.progress, tracker.eta_at(0)) == (Progress(), None)
    assert not tracker.unestimated, "nothing is looked up for a command"
    tracker.add(ExecutorStarted(time=100, pid=1, cells=[0, 1, 2]))
    assert tracker.unestimated
    tracker.estimate()
    assert not tracker.unestimated
    assert (tracker.progress, tracker.eta_at(100)) == (Progress(cells_total=3), moment(145))
    tracker.add(CellStarted(time=100, cell=0))
    assert tracker.progress == Progress(cells_total=3, cell=0, prompt=1)
    assert tracker.eta_at(103) == moment(145), "while a cell runs as usual, the estimate does not change"
    assert tracker.eta_at(107) == moment(147), "a cell that takes longer does not change the estimate of the others"
    assert tracker.eta_at(108) == moment(147), "not every second"
    assert tracker.eta_at(200) == moment(240)
    tracker.add(CellFinished(time=200, cell=0, state=CellState.COMPLETED, duration_s=100))
    assert (tracker.progress, tracker.eta_at(200)) == (Progress(cells_done=1, cells_total=3), moment(240))
    tracker.add(CellStarted(time=200, cell=1))
    tracker.add(CellFinished(time=201, cell=1, state=CellState.SKIPPED, duration_s=0))
    tracker.add(CellStarted(time=201, cell=2))
    assert tracker.progress == Progress(cells_done=1, cells_total=3, cell=2, prompt=1)
    assert tracker.eta_at(211.3) == moment(240)
    assert tracker.eta_at(300) is None
    tracker.add(ExecutorStarted(time=400, pid=1, cells=[2, 3]))
    assert tracker.progress == Progress(cells_total=2), "another attempt begins from the start"
    assert tracker.eta_at(400) == moment(520)
    assert not tracker.unestimated


def test_the_rate_of_a_progress_bar_is_better_than_what_other_jobs_took():
    tracker = ProgressTracker(lambda: DurationEstimate(job="a", cells={0: 20, 1: 10}))
    tracker.add(ExecutorStarted(time=100, pid=1, cells=[0, 1]))
    tracker.estimate()
    tracker.add(CellStarted(time=100, cell=0))
    assert tracker.eta_at(101) == moment(130)
    bar = ProgressBar(label="epochs", done=36, total=100)
    tracker.add(Progressed(time=110, cell=0, bar=bar, left_s=58))
    assert (tracker.progress.bar, tracker.eta_at(110)) == (bar, moment(178))
    assert tracker.eta_at(120) == moment(178), "while it goes on at that rate"
    assert tracker.eta_at(500) == moment(510), "the bar stands still"
    tracker.add(Progressed(time=510, cell=0))
    assert (tracker.progress.bar, tracker.eta_at(510)) == (None, moment(520)), "it was closed"
    tracker.add(Progressed(time=LAST_TIME, cell=0, bar=bar, left_s=LONGEST_LEFT_S))
    assert tracker.eta_at(510) == moment(520 + LONGEST_LEFT_S), "a job can write any event"
    tracker.add(CellFinished(time=600, cell=0, state=CellState.COMPLETED, duration_s=500))
    assert (tracker.progress.bar, tracker.eta_at(600)) == (None, moment(610))


def test_the_bar_of_a_command_has_a_rate_too():
    tracker = ProgressTracker(DurationEstimate)
    tracker.add(ExecutorStarted(time=100, pid=1))
    tracker.add(Progressed(time=110, bar=ProgressBar(done=1, total=2), left_s=58))
    assert tracker.eta_at(110) == moment(168)


def test_the_cell_with_the_given_parameters_is_not_counted():
    tracker = ProgressTracker(lambda: DurationEstimate(job="former", cells={-1: 3, 0: 5, 1: 7}))
    tracker.add(ExecutorStarted(time=100, pid=1, cells=[0, INJECTED, 1]))
    tracker.estimate()
    assert (tracker.progress, tracker.eta_at(100)) == (Progress(cells_total=2), moment(115))
    for cell, done in ((0, 1), (INJECTED, 1), (1, 2)):
        tracker.add(CellStarted(time=100, cell=cell))
        tracker.add(CellFinished(time=100, cell=cell, state=CellState.COMPLETED, duration_s=0))
        assert tracker.progress.cells_done == done


@pytest.mark.integration
def test_it_is_in_the_job_while_that_runs_and_survives_a_handover(workspace, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "import time\ntime.sleep(x)", "1", parameters="x = 0")
    spec = {"type": "notebook", "notebook": str(path)}
    first = workspace.jobs.submit(spec)
    assert workspace.jobs.wait(first.name).eta_at is None, "there was none before"
    log = workspace.jobs.folder(first.name).event_log
    log.write_text(re.sub(r'("cell":1,"state":"completed","duration_s":)[^,}]+', r"\g<1>500", log.read_text()))
    second = workspace.jobs.submit({**spec, "parameters": {"x": 600}})
    until(lambda: workspace.jobs.get(second.name).eta_at)
    assert timedelta() < workspace.jobs.get(second.name).eta_at - now() < timedelta(seconds=501)
    workspace.supervisor.stop()
    offset = workspace._context.store.jobs.offset(second.name)
    progress = AttemptProgress(name=second.name, attempt=1, offset=offset, progress=Progress(), usage=None)
    workspace._context.store.jobs.store_progress([progress])
    # to ask for it brings the next supervisor
    until(lambda: workspace.jobs.get(second.name).progress.cells_total == 3)
    assert workspace.jobs.get(second.name).progress.cell == 1
    workspace.jobs.cancel(second.name)
    assert workspace.jobs.wait(second.name).eta_at is None
