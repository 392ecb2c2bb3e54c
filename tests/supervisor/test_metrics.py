# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Nothing that a job logs is lost, and its MLflow run ends whatever happens."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager

import pytest

from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.tracking.journal import Journal, Point
from tests.integration import KILLS
from tests.workspaces import processes_of, until, write_notebook


@contextmanager
def locked(workspace):
    """Hold the write lock of MLflow's file, as a program that writes and never commits does."""
    database = sqlite3.connect(workspace._context.layout.mlflow, isolation_level=None, timeout=60)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def ask(workspace, query, *values):
    database = sqlite3.connect(workspace._context.layout.mlflow, timeout=60)
    try:
        with database:
            return database.execute(query, values).fetchall()
    finally:
        database.close()


def stored(workspace, job):
    [(count,)] = ask(workspace, "SELECT count(*) FROM metrics WHERE run_uuid = ?", job.run_id)
    return count


def status(workspace, job):
    [(found,)] = ask(workspace, "SELECT status FROM runs WHERE run_uuid = ?", job.run_id)
    return found


BATCHES = """
import mlflow
from mlflow.entities import Metric
client, run = mlflow.MlflowClient(), mlflow.start_run().info.run_id
for start in range(0, 100_000, 1_000):
    client.log_batch(run, [Metric("loss", 0.5, 1, start + step) for step in range(1_000)])
"""


def test_a_hundred_thousand_values_in_the_last_cell_are_all_stored(shared, tmp_path):
    job = shared.jobs.submit(NotebookJob(notebook=str(write_notebook(tmp_path / "a.ipynb", BATCHES))))
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause, done.warnings) == (JobState.COMPLETED, None, [])
    assert stored(shared, done) == 100_000
    assert not list(shared.jobs.folder(job.name).path.glob("metrics*")), "what is stored is not kept twice"


@KILLS
@pytest.mark.integration
def test_jobs_side_by_side_whose_kernels_and_supervisor_are_killed_lose_nothing(workspace, tmp_path):
    cells = f"""
import mlflow, os, time
folder = {str(tmp_path)!r}
for step in range(2_000):
    mlflow.log_metric("loss", step, step=step)
open(f"{{folder}}/logged {{os.getpid()}}", "w").close()
while not os.path.exists(f"{{folder}}/go"):
    time.sleep(0.02)
for step in range(2_000, 4_000):
    mlflow.log_metric("loss", step, step=step)
os.kill(os.getpid(), 9)
"""
    path = write_notebook(tmp_path / "a.ipynb", cells)
    names = [workspace.jobs.submit(NotebookJob(notebook=str(path))).name for _ in range(2)]
    until(lambda: len(list(tmp_path.glob("logged *"))) == 2)
    [supervisor] = [each for each in processes_of(workspace.folder) if "jupyter_ml.supervisor" in each.info["cmdline"]]
    supervisor.kill()
    supervisor.wait()
    (tmp_path / "go").touch()
    for name in names:
        done = workspace.jobs.wait(name)
        assert (done.state, done.cause.kind) == (JobState.FAILED, "kernel_died")
        assert stored(workspace, done) == 4_000
        assert done.metrics == {"loss": 3_999.0}


def test_a_job_waits_for_a_locked_store_before_and_after_it_runs(shared, tmp_path):
    go = tmp_path / "go"
    code = f"""
import mlflow, os, time
mlflow.log_metric("a", 1)
while not os.path.exists({str(go)!r}):
    time.sleep(0.02)
mlflow.log_metric("a", 2, step=1)
os._exit(0)  # else MLflow itself waits, to end its run
"""
    (tmp_path / "a.py").write_text(code)
    command = CommandJob(command="python a.py", code=str(tmp_path))
    with locked(shared):
        job = shared.jobs.submit(command)
        [warning] = until(lambda: shared.jobs.get(job.name).warnings)  # after the 20 s that MLflow itself waits
        assert "had to wait for the MLflow store" in warning.message
        assert shared.jobs.get(job.name).state is JobState.PREPARING
    until(lambda: shared.jobs.get(job.name).state is JobState.RUNNING)
    until(lambda: shared.jobs.get(job.name).metrics == {"a": 1.0})
    with locked(shared):
        go.touch()
        until(lambda: shared.jobs.get(job.name).state is JobState.FINALIZING)
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause, done.warnings) == (JobState.COMPLETED, None, [warning])
    assert (status(shared, done), done.metrics) == ("FINISHED", {"a": 2.0})


def test_what_a_failed_attempt_logged_is_kept_too(shared, tmp_path):
    code = f"""
import mlflow, pathlib
path = pathlib.Path({str(tmp_path)!r}, "second")
mlflow.log_metric("attempt", float(path.exists()))
if not path.exists():
    path.touch()
    1 / 0
"""
    path = write_notebook(tmp_path / "a.ipynb", code)
    done = shared.jobs.wait(shared.jobs.submit(NotebookJob(notebook=str(path), retries=1)).name)
    assert (done.state, done.attempt) == (JobState.COMPLETED, 2)
    assert stored(shared, done) == 2


def test_a_job_that_deletes_its_own_run_has_a_warning(shared, tmp_path):
    code = "import mlflow\nrun = mlflow.start_run().info.run_id\nmlflow.log_metric('a', 1)\nmlflow.delete_run(run)"
    job = shared.jobs.submit(NotebookJob(notebook=str(write_notebook(tmp_path / "a.ipynb", code))))
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause) == (JobState.COMPLETED, None)
    assert "The MLflow run was not ended" in "".join(warning.message for warning in done.warnings)


def test_a_run_that_was_not_completed_is_completed_later(shared, tmp_path):
    done = shared.jobs.wait(shared.jobs.submit(CommandJob(command="echo hello")).name)
    shared.supervisor.stop()
    ask(shared, "UPDATE runs SET status = 'RUNNING', end_time = NULL WHERE run_uuid = ?", done.run_id)
    Journal(shared.jobs.folder(done.name).metrics).append(done.run_id, [Point("late", 1.0, 1, 1)])
    shared.supervisor.start()
    until(lambda: status(shared, done) == "FINISHED")
    assert stored(shared, done) == 1
    assert shared.jobs.get(done.name).metrics == {"late": 1.0}


def run_beside_its_journal(workspace, tmp_path, code):
    """Run a program that knows where the journal of its attempt is."""
    start = (
        "import json, os, pathlib, mlflow\npath = pathlib.Path(json.loads(os.environ['JUPYTER_ML_RUN'])['journal'])\n"
    )
    (tmp_path / "a.py").write_text(start + code)
    done = workspace.jobs.wait(workspace.jobs.submit(CommandJob(command="python a.py", code=str(tmp_path))).name)
    assert done.state is JobState.COMPLETED
    return done, "".join(warning.message for warning in done.warnings)


def test_a_line_that_is_not_a_metric_causes_a_warning_and_hides_no_metric(shared, tmp_path):
    code = "path.write_text('not a metric\\n' * 3)\nmlflow.log_metric('a', 1)"
    done, warnings = run_beside_its_journal(shared, tmp_path, code)
    assert f"3 lines of {shared.jobs.folder(done.name).metrics} were not stored" in warnings
    assert done.metrics == {"a": 1.0}


@pytest.mark.parametrize("end", ["", ".stored"])
def test_a_journal_that_is_a_link_is_not_followed(shared, tmp_path, end):
    other = tmp_path / "other"
    other.write_text("[]")
    code = f"pathlib.Path(f'{{path}}{end}').symlink_to({str(other)!r})\n"
    _, warnings = run_beside_its_journal(shared, tmp_path, code + ("mlflow.log_metric('a', 1)" if end else ""))
    assert ("could not be stored" in warnings) == bool(end)
    assert other.read_text() == "[]"


def test_a_pipe_in_place_of_a_journal_is_not_waited_for(tmp_path):
    journal = Journal(tmp_path / "metrics")
    before = journal.state()
    for name in ("metrics", "metrics.stored"):
        os.mkfifo(tmp_path / name)
    assert journal.stored() == 0
    assert journal.state() != before


def test_the_state_of_a_journal_changes_when_something_is_logged_or_stored(tmp_path):
    journal = Journal(tmp_path / "metrics")
    states = [journal.state()]
    journal.append("run", [Point("a", 1.0, 1, 1)])
    states.append(journal.state())
    journal.mark(journal.size())
    states.append(journal.state())
    assert len(set(states)) == 3
    assert journal.state() == states[-1]
