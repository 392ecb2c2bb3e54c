# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests are carried out one by one: a failure is reported, is retried, and delays no other request."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import ConflictError, NotFoundError, UnavailableError
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.supervisor.purging import purge
from tests.workspaces import unreachable_artifacts, until


@pytest.fixture(scope="module")
def client(shared):
    from mlflow import MlflowClient

    return MlflowClient(shared.tracking_uri)


def completed(workspace, **values):
    job = workspace.jobs.submit(CommandJob(command="true", **values))
    done = workspace.jobs.wait(job.name)
    assert done.state is JobState.COMPLETED
    return done


def gone(workspace, name):
    try:
        workspace._context.store.jobs.get(name)
    except NotFoundError:
        return True
    return False


def test_a_job_whose_run_is_gone_is_deleted_and_the_queue_goes_on(shared, client):
    job = completed(shared)
    client.delete_run(job.run_id)
    shared._context.tracking._store._hard_delete_run(job.run_id)  # all that `mlflow gc` does to it
    shared.jobs.delete(job.name)
    assert gone(shared, job.name)
    assert not shared._context.layout.job(job.name).exists()
    completed(shared)


def test_a_job_whose_run_was_only_marked_as_deleted_is_deleted(shared, client):
    job = completed(shared)
    client.delete_run(job.run_id)
    shared.jobs.delete(job.name)
    assert gone(shared, job.name)


def test_a_delete_that_fails_is_reported_and_retried_and_delays_nothing(shared):
    job = completed(shared)
    with unreachable_artifacts(shared, job):
        with pytest.raises(UnavailableError, match=r"failed and is retried: .*jupyter ml job withdraw"):
            shared.jobs.delete(job.name)
        completed(shared)  # the queue goes on
        request = until(lambda: (found := shared.jobs.get(job.name).request) and found.attempts > 1 and found)
        assert request.kind == "delete"
        assert request.retry_at > request.requested_at
        listed = {each.name: each.request for each in shared.jobs.list().items}
        assert listed[job.name].error == request.error
    until(lambda: gone(shared, job.name))


def test_a_delete_that_fails_can_be_withdrawn(shared):
    job = completed(shared)
    with unreachable_artifacts(shared, job):
        shared.jobs.delete(job.name, wait=False)
        until(lambda: (found := shared.jobs.get(job.name).request) and found.error)
        assert shared.jobs.withdraw(job.name).request is None
    assert job.name in [each.name for each in shared.jobs.list().items]
    assert shared.jobs.folder(job.name).std_log.exists()


def test_what_was_withdrawn_is_never_deleted(shared, monkeypatch):
    """A delete that has begun waits for MLflow's store; it is carried out, or it can be taken back, not both."""
    job = completed(shared)
    shared.supervisor.stop()
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    shared.jobs.delete(job.name, wait=False)

    def meanwhile(_):
        with pytest.raises(ConflictError, match="at this moment"):
            shared._context.store.jobs.withdraw_request(job.name)

    monkeypatch.setattr(shared._context.tracking, "delete_run", meanwhile)
    purge(shared._context, job.name)
    assert gone(shared, job.name)


def test_a_delete_is_withdrawn_after_the_supervisor_died_in_it(shared, monkeypatch):
    job = completed(shared)
    shared.supervisor.stop()
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    shared.jobs.delete(job.name, wait=False)
    shared._context.store.jobs.begin_delete(job.name)
    back = shared.jobs.withdraw(job.name)
    assert (back.request, ["begun and withdrawn" in each.message for each in back.warnings]) == (None, [True])
    purge(shared._context, job.name)
    assert shared.jobs.get(job.name) == back


def test_a_job_that_cannot_be_supervised_delays_no_other(shared):
    """As after the package of a compute was removed while a job of it ran."""
    stuck = shared.jobs.submit(CommandJob(command="sleep 600", name="stuck"))
    until(lambda: shared.jobs.get(stuck.name).state is JobState.RUNNING)
    shared.supervisor.stop()
    with shared._context.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET compute = 'removed' WHERE name = 'stuck'")
    completed(shared)
    with shared._context.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET compute = 'local' WHERE name = 'stuck'")
    shared.jobs.cancel("stuck")
    assert shared.jobs.wait("stuck").state is JobState.CANCELED


def test_read_only_directories_of_a_job_are_removed(tmp_path):
    from jupyter_ml.supervisor.purging import remove_folder

    folder = tmp_path / "job"
    (folder / "outputs" / "kept").mkdir(parents=True)
    (folder / "outputs" / "kept" / "file").touch()
    (folder / "outputs" / "kept").chmod(0o500)
    (folder / "outputs").chmod(0o500)
    remove_folder(folder)
    assert not folder.exists()
    remove_folder(folder)
