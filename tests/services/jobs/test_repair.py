# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A lost database is restored from the directories of the jobs; nothing is deleted or started."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.environment import client_of
from jupyter_ml.services.workspace import Workspace
from tests.workspaces import executors_of, kill_processes_of, until, write_notebook

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job


def lose_database(workspace) -> Workspace:
    """Remove ``workspace.db`` while nothing has it open, and open the workspace again."""
    workspace.supervisor.stop()
    workspace.close()
    for path in workspace.folder.glob("workspace.db*"):
        path.unlink()
    return Workspace.open(workspace.folder)


def without_revisions(jobs: list[Job]) -> list[Job]:
    """Return jobs with the same revision: each that is restored gets one that no job has had."""
    return [job.model_copy(update={"revision": 1}) for job in jobs]


@pytest.mark.integration
def test_ended_jobs_are_restored(workspace, tmp_path):
    code = "import mlflow\nmlflow.log_metrics({'r2': 0.5, 'loss': rate})\nassert rate != rate"
    path = write_notebook(tmp_path / "a.ipynb", code, parameters="alpha = 1\nrate = 0.5")
    parameters = {"alpha": 2, "rate": math.nan}
    good = NotebookJob(notebook=str(path), parameters=parameters, experiment_name="diabetes", tags={"team": "blue"})
    jobs = [workspace.jobs.submit(good), workspace.jobs.submit(CommandJob(command="exit 3", retries=1))]
    before = [workspace.jobs.wait(job.name) for job in jobs]
    attempts = [workspace.jobs.attempts(job.name) for job in jobs]
    with lose_database(workspace) as again:
        assert again.repair.needed()
        preview = again.repair.preview()
        assert {(item.name, item.action, item.state) for item in preview} == {
            (before[0].name, "restore", JobState.COMPLETED),
            (before[1].name, "restore", JobState.FAILED),
        }
        assert again._context.store.jobs.list(JobQuery()).total == 0
        assert again.repair.run() == preview
        restored = [again._context.store.jobs.get(job.name) for job in jobs]
        assert repr(without_revisions(restored)) == repr(without_revisions(before)), "NaN is not equal to itself"
        assert repr(restored[0].metrics) == "{'loss': nan, 'r2': 0.5}"
        assert [tuple(again._context.store.jobs.attempts(job.name)) for job in jobs] == attempts
        assert not again.repair.needed()
        assert again.repair.preview() == []
        found = again._context.store.jobs.list(JobQuery(sort="metrics.r2", experiment_name="diabetes")).items
        assert [job.name for job in found] == [before[0].name]


@pytest.mark.integration
def test_a_running_job_is_finalized(workspace, tmp_path):
    """The supervisor is killed with its database; the job ends while no process follows it."""
    go = tmp_path / "go"
    job = workspace.jobs.submit(CommandJob(command=f"echo begun; until test -e {go}; do sleep 0.02; done; echo end"))
    until(lambda: workspace.jobs.get(job.name).state is JobState.RUNNING)
    run_id = workspace.jobs.get(job.name).run_id
    with lose_database(workspace) as again:
        [item] = again.repair.preview()
        assert item.action == "skip"
        assert "still running" in item.message
        go.touch()
        folder = again.folder
        until(lambda: not executors_of(folder))
        [item] = again.repair.run()
        assert item.action == "finish"
        done = again.jobs.wait(job.name)
        assert (done.state, done.run_id) == (JobState.COMPLETED, run_id)
        assert again.jobs.folder(job.name).std_log.read_text() == "begun\nend\n"
        again.supervisor.stop()


@pytest.mark.integration
def test_a_waiting_job_is_not_started(workspace, monkeypatch):
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    job = workspace.jobs.submit(CommandJob(command="true"))
    with lose_database(workspace) as again:
        [item] = again.repair.run()
        assert (item.action, item.state) == ("cancel", JobState.CANCELED)
        found = again._context.store.jobs.get(job.name)
        assert found.cause.message == "It was waiting when the database of the workspace was lost."
        assert found.spec == job.spec


@pytest.mark.integration
def test_without_record_a_job_is_reconstructed_from_its_run_and_files(workspace, tmp_path):
    """For jobs that ran before records existed. Events that a job has forged come before those of its executor."""
    path = write_notebook(tmp_path / "code" / "a.ipynb", "print(alpha)", parameters="alpha = 1")
    spec = NotebookJob(notebook=str(path), code=str(path.parent), parameters={"alpha": 2}, experiment_name="diabetes")
    claim = '{"type":"ended","time":1,"state":"Completed"}'
    forging = CommandJob(command=f"echo '{claim}' >> ../events.jsonl; exit 3")
    before, forged = (workspace.jobs.wait(workspace.jobs.submit(each).name) for each in (spec, forging))
    assert forged.state is JobState.FAILED
    for job in (before, forged):
        workspace._context.layout.record(job.name).unlink()
    with lose_database(workspace) as again:
        assert {(item.name, item.action, item.state) for item in again.repair.run()} == {
            (before.name, "restore", JobState.COMPLETED),
            (forged.name, "restore", JobState.FAILED),
        }
        assert again._context.store.jobs.get(forged.name).cause == forged.cause
        found = again._context.store.jobs.get(before.name)
        kept = (
            "type",
            "display_name",
            "experiment_name",
            "state",
            "run_id",
            "snapshot",
            "attempt",
            "user",
            "parameters",
        )
        assert [getattr(found, key) for key in kept] == [getattr(before, key) for key in kept]
        rerun = again.jobs.wait(again.jobs.rerun(before.name, snapshot=True).name)
        assert (rerun.state, rerun.parameters) == (JobState.COMPLETED, {"alpha": 2})
        again.supervisor.stop()


@pytest.mark.integration
def test_nothing_of_lost_jobs_is_deleted(workspace, tmp_path):
    """Unknown runs and snapshots without a row are not deleted."""
    path = write_notebook(tmp_path / "code" / "a.ipynb", "1")
    spec = NotebookJob(notebook=str(path), code=str(path.parent), name="lost")
    before = workspace.jobs.wait(workspace.jobs.submit(spec).name)
    artifacts = sorted(workspace._context.layout.artifacts.rglob("*"))
    snapshot = workspace._context.layout.snapshots / before.snapshot
    import os

    os.utime(snapshot, (1_000_000, 1_000_000))
    with lose_database(workspace) as again:
        again.supervisor.start()
        until(lambda: again._context.store.jobs.list(JobQuery()).total == 1)  # listed like a run made by hand
        [imported] = again._context.store.jobs.list(JobQuery()).items
        assert (imported.type, imported.run_id) == ("mlflow_run", before.run_id)
        assert again.repair.needed()
        until(lambda: "workspace repair" in again._context.layout.supervisor_log.read_text())
        assert snapshot.is_dir()
        assert sorted(again._context.layout.artifacts.rglob("*")) == artifacts
        again.repair.run()
        assert without_revisions(again._context.store.jobs.list(JobQuery()).items) == without_revisions([before])
        again.supervisor.stop()


@pytest.mark.integration
def test_a_new_job_does_not_take_the_directory_of_a_lost_one(workspace, monkeypatch):
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    workspace.jobs.submit(CommandJob(command="true", name="mine"))
    with lose_database(workspace) as again:
        with pytest.raises(ConflictError, match="jupyter ml workspace repair"):
            again.jobs.submit(CommandJob(command="false", name="mine"))
        assert again._context.store.jobs.list(JobQuery(archived=None)).total == 0
        again.repair.run()
        assert again._context.store.jobs.get("mine").spec.command == "true"


def test_a_directory_without_information_is_skipped(workspace):
    (workspace._context.layout.jobs / "odd" / "1").mkdir(parents=True)
    (workspace._context.layout.jobs / "odd" / "job.json").write_text("{}")
    [item] = workspace.repair.run()
    assert item.action == "skip"
    assert (workspace._context.layout.jobs / "odd" / "1").is_dir()


@pytest.mark.integration
def test_a_run_that_a_killed_supervisor_did_not_note_is_used(workspace, monkeypatch):
    """Killed between the run's creation and its row: the next supervisor finds the run by its tag."""
    name = workspace.jobs.submit(CommandJob(command="true", name="one")).name
    done = workspace.jobs.wait(name)
    kill_processes_of(workspace.folder)
    with workspace._context.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET run_id = NULL, state = 'Preparing', ended_at = NULL")
        connection.exec_driver_sql(
            "UPDATE attempts SET process = NULL, state = 'Preparing', ended_at = NULL, event_log_offset = 0"
        )
    (workspace._context.layout.attempt(name, 1) / "events.jsonl").unlink()
    workspace._context.job_secrets.seal(
        name, client_of(workspace._context.settings).document()
    )  # which went when the job had ended
    again = workspace.jobs.wait(name)
    assert (again.state, again.run_id) == (JobState.COMPLETED, done.run_id)
