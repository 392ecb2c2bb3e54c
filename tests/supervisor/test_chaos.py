# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""After more than fifty kill -9 at random moments every job has the right state."""

from __future__ import annotations

import itertools
import json
import random
import time
from contextlib import suppress

import psutil
import pytest

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.event_log import CellFinished, CellState, Ended, Output
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import JOB_SPECS
from jupyter_ml.schemas.states import FINAL, JobState
from tests.workspaces import executors_of, kernels_of, processes_of, until, write_notebook

pytestmark = pytest.mark.integration


KILLS = {"executor": 25, "kernel": 25, "supervisor": 4}  # the next supervisor takes seconds to import MLflow
SEED = 20261122
POLL_S = 0.1  # each look reads all processes of the machine
CELLS = [
    f"import time\nfor n in range(4):\n    time.sleep(0.05)\n    print('cell {cell}', n, flush=True)"
    for cell in range(4)
]


@pytest.mark.timeout(900)
def test_every_job_ends_in_the_right_state_after_kills(workspace, tmp_path):
    dice = random.Random(SEED)
    path = write_notebook(tmp_path / "a.ipynb", *CELLS)
    kinds = [kind for kind, count in KILLS.items() for _ in range(count)]
    dice.shuffle(kinds)
    numbers = itertools.count()

    def victims(kind):
        """Keep jobs and, as every client that watches a job does, a supervisor running; return what can be killed."""
        while sum(count for state, count in workspace.jobs.counts().items() if state not in FINAL) < 3:
            workspace.jobs.submit(_spec(path, next(numbers), dice))
        workspace.supervisor.ensure()
        return _victims(workspace, kind)

    for kind in kinds:
        until(lambda kind=kind: victims(kind), poll_s=POLL_S)
        time.sleep(dice.uniform(0, 0.4))  # the moment of the kill is what is random here
        with suppress(psutil.NoSuchProcess):
            dice.choice(until(lambda kind=kind: victims(kind), poll_s=POLL_S)).kill()
    submitted = next(numbers)
    for job in workspace.jobs.list(JobQuery(limit=1000)).items:
        workspace.jobs.wait(job.name)

    jobs = workspace.jobs.list(JobQuery(limit=1000)).items
    assert len(jobs) == submitted
    for job in jobs:
        assert job.type in JOB_SPECS
        _check(workspace, job)
    assert {JobState.COMPLETED, JobState.FAILED} <= {job.state for job in jobs}
    until(lambda: all("jupyter_ml.supervisor" in p.info["cmdline"] for p in processes_of(workspace.folder)))
    probe = workspace.jobs.submit({"type": "command", "command": "true"})
    assert (
        workspace.jobs.wait(probe.name).state is JobState.COMPLETED
    )  # no slot leaked: with two slots, two leaks would block it
    assert not {state for state in workspace.jobs.counts() if state not in FINAL}


def _spec(path, number, dice):
    retries = dice.choice([0, 0, 1])
    if number % 3:
        return {"type": "notebook", "notebook": str(path), "retries": retries}
    return {"type": "command", "command": "for n in 1 2 3 4 5 6 7 8; do sleep 0.1; echo $n; done", "retries": retries}


def _victims(workspace, kind):
    if kind == "supervisor":
        return [p for p in processes_of(workspace.folder) if "jupyter_ml.supervisor" in p.info["cmdline"]]
    return {"executor": executors_of, "kernel": kernels_of}[kind](workspace.folder)


def _check(workspace, job):
    """The row of a job agrees with its event logs."""
    assert job.state in FINAL, job
    attempts = workspace.jobs.attempts(job.name)
    assert len(attempts) == job.attempt <= job.retries + 1
    assert attempts[-1].state is job.state
    assert all(attempt.state is JobState.FAILED for attempt in attempts[:-1])
    assert (job.state is JobState.COMPLETED) == (job.cause is None), job
    for attempt in attempts:
        folder = AttemptFolder(workspace._context.layout.attempt(job.name, attempt.number))
        assert not folder.sockets.is_symlink(), "sockets of a kernel were left"
        events = [event for event, _ in EventLogReader(folder.event_log)]
        last = events[-1] if events else None
        said = JobState(last.state) if isinstance(last, Ended) else JobState.FAILED
        assert attempt.state is said, (job.name, attempt, last)
        if folder.input.exists():
            _check_notebook(folder, events)
    if job.state is JobState.COMPLETED and job.type == "notebook":
        assert job.progress.cells_done == len(CELLS)


def _check_notebook(folder, events):
    """Every output that was logged is in the notebook, and only cells that completed are marked so."""
    executed = json.loads(folder.output.read_text())
    shown = "".join(
        "".join(output["text"])
        for cell in executed["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream"
    )
    logged = "".join(
        event.output["text"]
        for event in events
        if isinstance(event, Output) and event.output["output_type"] == "stream"
    )
    assert shown == logged
    completed = {
        event.cell for event in events if isinstance(event, CellFinished) and event.state is CellState.COMPLETED
    }
    states = [cell["metadata"]["jupyter_ml"]["state"] for cell in executed["cells"] if cell["cell_type"] == "code"]
    assert states.count("completed") == len(completed)
