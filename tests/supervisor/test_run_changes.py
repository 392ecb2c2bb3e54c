# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that what users change of jobs is written to their MLflow runs, in any state of the job."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.services.jobs.records import read_record
from tests.workspaces import until


@pytest.fixture(scope="module")
def client(shared):
    from mlflow import MlflowClient

    return MlflowClient(shared.tracking_uri)


def described(client, job):
    """Return the name, the note and the tags of users that MLflow shows."""
    run = client.get_run(job.run_id)
    tags = {key: value for key, value in run.data.tags.items() if not key.startswith(("mlflow.", "jupyter_ml."))}
    return run.info.run_name, run.data.tags.get("mlflow.note.content"), tags


def test_changes_of_a_queued_running_and_ended_job_are_in_its_run(shared, client, tmp_path):
    gate = tmp_path / "gate"
    spec = CommandJob(
        command=f"until [ -e {gate} ]; do sleep 0.05; done", tags={"team": "red", "old": "1"}, description="why"
    )
    job = shared.jobs.submit(spec)
    shared.jobs.update(job.name, {"display_name": "First", "tags": {"queue": "yes"}})
    running = until(lambda: (now := shared.jobs.get(job.name)).state == "Running" and now)
    until(lambda: described(client, running) == ("First", "why", {"team": "red", "old": "1", "queue": "yes"}))

    client.set_tag(running.run_id, "logged", "by the program")
    shared.jobs.update(job.name, {"display_name": "Second", "description": "new", "tags": {"old": None}})
    until(lambda: described(client, running)[:2] == ("Second", "new"))
    gate.touch()
    ended = shared.jobs.wait(job.name)
    assert (ended.state, ended.display_name, ended.tags) == ("Completed", "Second", {"team": "red", "queue": "yes"})

    changed = shared.jobs.update(job.name, {"description": None, "tags": {"team": "blue"}, "starred": True})
    expected = ("Second", None, {"team": "blue", "queue": "yes", "logged": "by the program"})
    until(lambda: described(client, running) == expected)
    assert until(lambda: shared._context.store.jobs.run_changes(job.name) is None)
    record = read_record(shared._context.layout, job.name)
    assert (record.job.revision, record.job.starred, record.job.state) == (changed.revision, True, "Completed")


@pytest.mark.integration
def test_a_change_is_written_by_the_next_supervisor(workspace):
    from mlflow import MlflowClient

    job = workspace.jobs.wait(workspace.jobs.submit(CommandJob(command="true")).name)
    workspace.supervisor.stop()
    workspace._context.store.jobs.update(job.name, workspace.jobs.kind.changes(display_name="Later"))
    workspace.supervisor.start()
    client = MlflowClient(workspace.tracking_uri)
    until(lambda: client.get_run(job.run_id).info.run_name == "Later")


def test_a_run_that_is_gone_is_not_waited_for(shared, client):
    job = shared.jobs.wait(shared.jobs.submit(CommandJob(command="true")).name)
    client.delete_run(job.run_id)
    shared.jobs.update(job.name, {"display_name": "Anyway"})
    until(lambda: shared._context.store.jobs.run_changes(job.name) is None)
    assert shared.jobs.get(job.name).display_name == "Anyway"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tags": {"mlflow.user": "x"}}, "tags.mlflow.user"),
        ({"tags": {"mlflow.note.content": "x"}}, "tags.mlflow.note.content"),
        ({"tags": {"jupyter_ml.job": "x"}}, "tags.jupyter_ml.job"),
        ({"display_name": None}, "display_name"),
        ({"display_name": ""}, "display_name"),
        ({"description": "x" * 5_001}, "description"),
        ({"state": "Failed"}, "state"),
        ({"starred": 1}, "starred"),
    ],
)
def test_what_cannot_be_changed_is_refused(shared, changes, field):
    with pytest.raises(InvalidInputError) as caught:
        shared.jobs.update("any", changes)
    assert caught.value.field == field
