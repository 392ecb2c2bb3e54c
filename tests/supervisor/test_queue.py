# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Slots and order, kept across processes and supervisors."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert

from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.store.crud import new_row
from jupyter_ml.store.tables import computes
from tests.workspaces import processes_of, until

pytestmark = pytest.mark.integration


@pytest.fixture
def narrow(make_workspace, tmp_path):
    """A workspace in which one job runs at a time."""
    with make_workspace(tmp_path, local={"max_concurrent": 1}) as made:
        yield made


def test_priority_then_order_of_arrival(narrow, tmp_path):
    go = tmp_path / "go"
    narrow.jobs.submit(CommandJob(command=f"until test -e {go}; do sleep 0.02; done", name="first"))
    until(lambda: narrow.jobs.get("first").state is JobState.RUNNING)
    for name, priority in (("b", "medium"), ("c", "low"), ("d", "high"), ("e", "medium")):
        narrow.jobs.submit(CommandJob(command="true", name=name, priority=priority))
    narrow.jobs.submit(CommandJob(command="true", name="gone"))
    narrow.jobs.cancel("gone")
    assert narrow.jobs.wait("gone").state is JobState.CANCELED
    go.touch()
    for name in "bcde":
        assert narrow.jobs.wait(name).state is JobState.COMPLETED
    order = narrow.jobs.list(JobQuery(states=[JobState.COMPLETED], sort="started_at", descending=False)).items
    assert [job.name for job in order] == ["first", "d", "b", "e", "c"]


def test_never_more_than_the_slots_never_one_lost(make_workspace, tmp_path):
    """Four processes submit to one workspace; what runs at the same time is counted by the jobs themselves."""
    running = tmp_path / "running"
    running.mkdir()
    command = f"touch {running}/$$; ls {running} | wc -l; sleep 0.1; rm {running}/$$"
    with make_workspace(tmp_path, local={"max_concurrent": 2}) as workspace:
        code = (
            "from jupyter_ml import Workspace\n"
            f"ws = Workspace.open({str(tmp_path)!r})\n"
            f"for n in range(3): ws.jobs.submit({{'type': 'command', 'command': {command!r}}})\n"
        )
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: subprocess.run([sys.executable, "-c", code], check=True), range(4)))
        until(lambda: workspace.jobs.counts() == {JobState.COMPLETED: 12})
        for job in workspace.jobs.list(JobQuery(limit=100)).items:
            assert int(workspace.jobs.folder(job.name).std_log.read_text()) <= 2


def test_each_compute_has_slots_of_its_own(narrow, tmp_path):
    go, started = tmp_path / "go", tmp_path / "started"
    started.mkdir()
    with narrow._context.store._database.write() as connection:
        row = {"type": "local", "settings": {}}
        connection.execute(insert(computes), new_row({"name": "box", "slots": 2, **row}, 1))
        connection.execute(insert(computes), new_row({"name": "gone", "slots": 2, **row, "type": "uninstalled"}, 1))
    command = f"mktemp -p {started}; until test -e {go}; do sleep 0.02; done"
    for name in ("a", "b", "c"):
        narrow.jobs.submit(CommandJob(command=command, name=name, compute="box"))
    narrow.jobs.submit(CommandJob(command=command, name="d"))
    until(lambda: len(list(started.iterdir())) == 3)
    expected = ["Running", "Running", "Queued", "Running"]
    until(lambda: [narrow.jobs.get(name).state for name in "abcd"] == expected)
    with pytest.raises(InvalidInputError, match=r"there is no compute 'boxx' \(did you mean 'box'\?\)"):
        narrow.jobs.submit(CommandJob(command="true", compute="boxx"))
    with pytest.raises(
        UnavailableError, match="compute 'gone' of type 'uninstalled' cannot be used: no installed package provides"
    ):
        narrow.jobs.submit(CommandJob(command="true", compute="gone"))
    go.touch()
    assert [narrow.jobs.wait(name).state for name in "abcd"] == [JobState.COMPLETED] * 4


def test_a_supervisor_without_work_ends_and_the_next_job_starts_another(make_workspace, tmp_path):
    with make_workspace(tmp_path, supervisor={"idle_exit_s": 0.2}) as workspace:
        first = workspace.supervisor.start()
        until(lambda: workspace.supervisor.status() is None)
        assert workspace._context.imported_runs.current(), "it leaves MLflow's file read, however short it lived"
        workspace.jobs.list()
        assert workspace.supervisor.status() is None  # nothing was logged meanwhile: no supervisor is started
        job = workspace.jobs.submit(CommandJob(command="true"))
        assert workspace.jobs.wait(job.name).state is JobState.COMPLETED
        assert first.pid not in [process.pid for process in processes_of(workspace.folder)]


def test_submitted_while_supervisors_come_and_go_nothing_is_lost(make_workspace, tmp_path):
    """A supervisor that ends at once whenever there is nothing to do meets jobs at the worst moments."""
    with make_workspace(tmp_path, supervisor={"idle_exit_s": 0}) as workspace:
        for number in range(4):
            job = workspace.jobs.submit(CommandJob(command="true", name=f"job{number}"))
        until(lambda: set(workspace.jobs.counts()) <= FINAL)
        assert workspace.jobs.counts() == {JobState.COMPLETED: 4}, job


def test_looking_at_jobs_brings_back_a_supervisor_that_was_killed(workspace, tmp_path):
    workspace.supervisor.start()
    go = tmp_path / "go"
    job = workspace.jobs.submit(CommandJob(command=f"until test -e {go}; do sleep 0.02; done"))
    until(lambda: workspace._context.store.jobs.get(job.name).state is JobState.RUNNING)
    for process in processes_of(workspace.folder):
        if "jupyter_ml.supervisor" in process.info["cmdline"]:
            process.kill()
    until(lambda: workspace.supervisor.status() is None)
    go.touch()
    until(lambda: workspace.jobs.get(job.name).state is JobState.COMPLETED)
