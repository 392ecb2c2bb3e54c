# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a program logs into other runs, experiments and stores than those of its job."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from tests.tracking.programs import JOURNAL, every, program, start

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.tracking.client import Tracking

pytestmark = pytest.mark.integration


def test_a_program_with_a_store_of_its_own_has_mlflow_as_it_is(tracking: Tracking, tmp_path: Path) -> None:
    run_id = start(tracking, experiment="of a job that logs elsewhere")
    code = """
        import mlflow
        from pathlib import Path
        mlflow.log_metric("here", 1)
        mlflow.end_run()
        home = mlflow.get_tracking_uri()
        mlflow.set_tracking_uri("sqlite:///elsewhere.db")
        with mlflow.start_run() as run:
            mlflow.log_metric("there", 1)
            mlflow.log_text("hello", "hello.txt")
        found = mlflow.get_run(run.info.run_id)
        assert found.info.experiment_id == "0"
        assert "mlflow.parentRunId" not in found.data.tags
        assert list(Path("mlruns").rglob("hello.txt"))
        mlflow.set_tracking_uri(home)
        mlflow.log_metric("here again", 1)
    """
    done = program(tracking, run_id, code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert tracking.metrics(run_id).keys() == {"here", "here again"}
    with sqlite3.connect(tmp_path / "elsewhere.db") as database:
        assert database.execute("SELECT key FROM metrics").fetchall() == [("there",)]
    database.close()


def test_an_experiment_that_the_environment_names_is_for_the_runs_beside_the_jobs(
    tracking: Tracking, tmp_path: Path
) -> None:
    run_id = start(tracking, experiment="of the job 3")
    code = """
        import mlflow
        mlflow.log_metric("a", 1)
        mlflow.end_run()
        with mlflow.start_run(run_name="beside"):
            mlflow.log_metric("b", 1)
    """
    done = program(tracking, run_id, code, tmp_path, MLFLOW_EXPERIMENT_NAME="named in the environment")
    assert done.returncode == 0, done.stderr
    beside = next(run for run in every(tracking).values() if run.name == "beside")
    assert (beside.experiment_name, beside.metrics.keys()) == ("named in the environment", {"b"})
    assert tracking.metrics(run_id).keys() == {"a"}


def test_a_program_that_starts_elsewhere_has_mlflow_as_it_is(tracking: Tracking, tmp_path: Path) -> None:
    run_id = start(tracking)
    code = """
        import mlflow
        with mlflow.start_run() as run:
            mlflow.log_metric("there", 1)
        assert mlflow.get_run(run.info.run_id).data.metrics == {"there": 1}
    """
    done = program(tracking, run_id, code, tmp_path, MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path}/elsewhere.db")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / JOURNAL).exists()


def test_nested_runs_are_children_in_any_thread_and_projects_have_runs_of_their_own(
    tracking: Tracking, tmp_path: Path
) -> None:
    run_id = start(tracking, experiment="of nested runs")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "MLproject").write_text(
        f"name: inner\nentry_points:\n  main:\n    command: {sys.executable} inner.py\n"
    )
    (tmp_path / "project" / "inner.py").write_text("import mlflow\nmlflow.log_metric('inner', 1)\n")
    code = """
        import threading
        import mlflow

        def work():
            with mlflow.start_run(run_name="of a thread", nested=True):
                mlflow.log_metric("thread", 1)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        mlflow.projects.run("project", env_manager="local", run_name="project")
        with mlflow.start_run():
            mlflow.log_metric("outer", 1)
    """
    done = program(tracking, run_id, code, tmp_path)
    assert done.returncode == 0, done.stderr
    found = {run.name: run for run in every(tracking).values() if run.experiment_name == "of nested runs"}
    assert found.keys() == {"job", "of a thread", "project"}
    assert {name: [*run.metrics] for name, run in found.items()} == {
        "job": ["outer"],
        "of a thread": ["thread"],
        "project": ["inner"],
    }
    assert all(run.tags["mlflow.parentRunId"] == run_id for run in found.values() if run.name != "job")
