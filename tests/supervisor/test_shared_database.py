# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A workspace that a team shares: PostgreSQL, a supervisor on each host."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.submission import record_of
from tests.workspaces import until, write_notebook


@pytest.fixture
def team(make_workspace, postgresql_url, tmp_path):
    with make_workspace(tmp_path, database=postgresql_url) as made:
        yield made


def test_jobs_run_on_the_host_that_submitted_them_and_are_tracked_in_the_same_database(team, tmp_path):
    elsewhere = record_of(CommandJob(command="true", name="elsewhere"), {}, "default", None)
    team._context.store.jobs.insert(elsewhere, host="another-host")
    team._context.store.jobs.transition("elsewhere", JobState.QUEUED)
    path = write_notebook(
        tmp_path / "a.ipynb", "import mlflow\nmlflow.log_metric('r2', 0.5)\nmlflow.log_metric('r2', 0.75)"
    )
    job = team.jobs.submit(NotebookJob(notebook=str(path)))
    done = team.jobs.wait(job.name)
    assert (done.state, done.cause, done.metrics) == (JobState.COMPLETED, None, {"r2": 0.75})
    assert team.jobs.get("elsewhere").state is JobState.QUEUED

    from mlflow import MlflowClient

    client = MlflowClient(team.tracking_uri)
    assert [point.value for point in client.get_metric_history(done.run_id, "r2")] == [0.5, 0.75]
    run = client.create_run(client.create_experiment("by-hand"))
    client.set_terminated(run.info.run_id)
    until(lambda: "by-hand" in [item.name for item in team.experiments.list().items])
