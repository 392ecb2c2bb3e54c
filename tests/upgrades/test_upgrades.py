# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A workspace of an earlier version opens with its full content: its database and the directories of its jobs.

``tests/upgrades/REVISION`` is such a workspace, named after the revision of its database; its databases are stored as
SQL, and ``@PROJECT@`` is a placeholder for the directory in which it was created.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.compute.process import ProcessSpec
from jupyter_ml.schemas.launch import AttemptFolder, Launch
from jupyter_ml.schemas.queries import EventLogQuery, JobQuery, MetricsQuery
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.submission import record_of
from jupyter_ml.services.workspace import Workspace
from tests.workspaces import until, write_notebook

pytestmark = pytest.mark.integration


OLD = sorted(path for path in Path(__file__).parent.iterdir() if path.name.isdigit())


def restore(source: Path, project: Path) -> None:
    """Lay out an old workspace below `project`."""
    folder = shutil.copytree(source, project / ".jupyter-ml")
    for file in [*folder.rglob("*.json"), *folder.glob("*.sql")]:
        file.write_text(file.read_text().replace("@PROJECT@", str(project)))
    for dump in folder.glob("*.sql"):
        with closing(sqlite3.connect(dump.with_suffix(".db"))) as database:
            database.executescript(dump.read_text())
        dump.unlink()
    write_notebook(project / "train.ipynb", "print('alpha is', alpha)", parameters="alpha = 0.5")


@pytest.fixture(params=OLD, ids=lambda path: path.name)
def old(request, tmp_path):
    restore(request.param, tmp_path)
    with Workspace.open(tmp_path) as workspace:
        try:
            yield workspace
        finally:
            workspace.supervisor.stop()


def job_of(workspace, state):
    return next(job for job in workspace.jobs.list(JobQuery(archived=None)).items if job.state == state)


def test_jobs_are_listed_as_they_were(old):
    assert [job.state for job in old.jobs.list(JobQuery()).items] == ["Completed"], "the failed one is archived"
    done, failed = job_of(old, "Completed"), job_of(old, "Failed")
    assert (done.parameters, done.metrics, done.tags) == ({"alpha": 0.7}, {"rmse": 1.4}, {"team": "a"})
    assert (failed.archived, failed.cause.exit_code) == (True, 3)
    assert [attempt.state for attempt in old.jobs.attempts(failed.name)] == ["Failed"]
    assert old.metrics.history(done.name, MetricsQuery()).series[0].points[0][2] == 1.4


def test_what_jobs_left_can_be_read(old, tmp_path):
    done, failed = job_of(old, "Completed"), job_of(old, "Failed")
    events = old.event_logs.read(failed.name, EventLogQuery()).events
    assert [event.text for event in events if event.type == "log"] == ["before\n"]
    assert old.jobs.notebook(done.name)["cells"][-1]["outputs"][0]["text"] == "alpha is 0.7\n"
    old.jobs.download(done.name, tmp_path / "results")
    assert (tmp_path / "results" / done.name / "outputs" / "model.txt").read_text() == "a model"


def test_a_job_is_rerun_and_an_old_one_deleted(old):
    done = job_of(old, "Completed")
    rerun = old.jobs.wait(old.jobs.submit(done.spec, rerun_of=done.name).name)
    assert (rerun.state, rerun.snapshot, rerun.metrics) == ("Completed", done.snapshot, done.metrics)
    old.jobs.delete(done.name)
    assert [job.name for job in old.jobs.list(JobQuery()).items] == [rerun.name]


@pytest.mark.parametrize("source", OLD, ids=lambda path: path.name)
def test_jobs_are_read_back_from_old_folders(source, tmp_path):
    restore(source, tmp_path)
    (tmp_path / ".jupyter-ml" / "workspace.db").unlink()
    with Workspace.open(tmp_path) as workspace:
        workspace.repair.run()
        assert job_of(workspace, "Completed").parameters == {"alpha": 0.7}
        assert job_of(workspace, "Failed").cause.exit_code == 3


@pytest.mark.parametrize("code", [0, 3])
def test_a_job_that_runs_during_the_upgrade_is_adopted(workspace, tmp_path, code):
    """The executor of an earlier version writes into a file of another name, and has no key to sign its end with."""
    go = tmp_path / "go"
    spec = CommandJob(command=f"echo one; until test -e {go}; do sleep 0.02; done; echo two; exit {code}")
    job = record_of(spec, {}, "default", None).model_copy(update={"state": JobState.PREPARING})
    folder = AttemptFolder(workspace._context.layout.attempt(job.name, 1))
    folder.write_launch(Launch(type="command", command=spec.command, marker=str(folder.path)))
    folder.work.mkdir()
    folder.old_event_log.touch()
    spec = ProcessSpec(
        argv=[sys.executable, "-m", "jupyter_ml.executor", str(folder.path)],
        cwd=folder.path,
        log=folder.log,
        marker=str(folder.path),
        env=dict(os.environ),
    )
    executor = asyncio.run(LocalCompute().spawn(spec))
    try:
        workspace._context.store.jobs.insert(job, host=None, process=executor.info())
        workspace.supervisor.start()
        until(lambda: workspace.jobs.get(job.name).state is JobState.RUNNING)
        go.touch()
        done = workspace.jobs.wait(job.name)
    finally:
        asyncio.run(executor.kill())
    assert done.state is (JobState.FAILED if code else JobState.COMPLETED)
    assert (done.cause and done.cause.message) == ("The command ended with exit code 3." if code else None)
    printed = [
        event.text for event in workspace.event_logs.read(job.name, EventLogQuery()).events if event.type == "log"
    ]
    assert "".join(printed) == "one\ntwo\n"
