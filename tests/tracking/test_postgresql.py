# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The same store in a team's PostgreSQL, in a schema of its own."""

from __future__ import annotations

from pathlib import Path

from jupyter_ml.schemas.states import JobState
from jupyter_ml.tracking.client import Tracking
from tests.tracking.programs import every, program
from tests.workspaces import until

_PROGRAM = """
import mlflow
mlflow.log_metric("loss", 0.5, step=3)
with mlflow.start_run(run_name="child", nested=True):
    mlflow.log_param("depth", 2)
"""


def test_the_life_of_a_run(postgresql_url: str, tmp_path: Path) -> None:
    uri = Tracking.uri(postgresql_url, tmp_path / "unused.db")
    artifacts = tmp_path / ("deep" * 20)
    tracking = Tracking(uri, str(artifacts))
    tracking.prepare()
    Tracking(uri, str(artifacts)).prepare()
    run_id = tracking.create_run(experiment="shared", name="job", tags={"team": "blue"})
    assert program(tracking, run_id, _PROGRAM, tmp_path).returncode == 0
    assert tracking.metrics(run_id)["loss"].step == 3
    tracking.attach(run_id, Path(__file__), "code")
    tracking.end_run(run_id, JobState.COMPLETED, {"alpha": 0.5, "text": "nul\0"})
    found = {run.name: run for run in every(tracking).values()}
    assert found.keys() == {"job", "child"}
    assert found["job"].parameters == {"alpha": "0.5", "text": "nul\ufffd"}
    assert found["child"].tags == {"mlflow.parentRunId": run_id} | found["child"].tags
    assert list(artifacts.rglob("code/test_postgresql.py"))
    with tracking._store.engine.connect() as connection:
        schemas = "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name = 'experiments'"
        assert [row[0] for row in connection.exec_driver_sql(schemas)] == ["mlflow"]

    version = tracking.version()
    other = tracking.create_run(experiment="shared", name="other", tags={})
    until(lambda: tracking.version() != version)  # statistics come a little later
    assert other in every(tracking)
    tracking.optimize()
    tracking.delete_run(other)
    tracking.delete_run(run_id)
    assert not list(artifacts.rglob("code"))
    tracking._store.engine.dispose()
