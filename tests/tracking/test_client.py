# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A program logs to its job's run, and errors of the store are translated."""

from __future__ import annotations

import math
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.errors import ConflictError, JupyterMLError, NotFoundError
from jupyter_ml.schemas.runs import LoggedValues
from jupyter_ml.schemas.states import JobState
from jupyter_ml.tracking.client import Tracking
from tests.tracking.programs import JOURNAL, every, only, program, start

if TYPE_CHECKING:
    from pathlib import Path


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def run_files(run_id: str, artifacts: Path) -> set[str]:
    found = list(artifacts.glob(f"*/{run_id}/artifacts"))
    return files(found[0]) if found else set()


def test_a_run_begins_and_ends_in_our_words(tracking: Tracking) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    run_id = start(tracking, name="my job", **{"mlflow.user": "ada", "team": "blue"})
    run = only(tracking, run_id)
    assert (run.name, run.experiment_name, run.state, run.user) == ("my job", "experiment", JobState.RUNNING, "ada")
    assert run.tags == {"team": "blue"}
    assert before < run.started_at < datetime.now(UTC) + timedelta(seconds=1)
    assert run.ended_at is None
    for state in (JobState.COMPLETED, JobState.FAILED, JobState.CANCELED):
        tracking.end_run(run_id, state)
        assert only(tracking, run_id).state is state
    assert only(tracking, run_id).ended_at is not None


def test_parameters_read_as_mlflow_writes_them(tracking: Tracking) -> None:
    run_id = start(tracking)
    values: dict[str, Any] = {
        "flag": True,
        "nothing": None,
        "rate": 1e-3,
        "names": ["a", 1],
        "pair": {"$type": "tuple", "value": [1, 2]},
        "day": {"$type": "date", "value": "2026-01-31"},
        "long": "x" * 7_000,
        "odd/../näme$": "nul\0 half\ud800",
    }
    tracking.end_run(run_id, JobState.COMPLETED, values)
    found = only(tracking, run_id).parameters
    assert found.pop("long") == "x" * 5_999 + "…"
    assert found == {
        "flag": "True",
        "nothing": "None",
        "rate": "0.001",
        "names": "['a', 1]",
        "pair": "(1, 2)",
        "day": "2026-01-31",
        "odd/näme_": "nul\ufffd half?",
    }


def test_tags_and_names_of_any_form_are_taken(tracking: Tracking) -> None:
    run_id = start(tracking, name="n" * 300, **{"a@b": "x" * 9_000, "k" * 300: "v", "//": "slash"})
    run = only(tracking, run_id)
    assert run.name == "n" * 249 + "…"
    assert run.tags == {"a_b": "x" * 7_999 + "…", "k" * 250: "v", "_": "slash"}


def test_of_two_tags_that_mlflow_names_alike_the_last_is_written(tracking: Tracking) -> None:
    run_id = start(tracking, **{"./jupyter_ml.job": "of a user", "jupyter_ml.job": "ours"})
    assert only(tracking, run_id).tags == {"jupyter_ml.job": "ours"}


def test_what_cannot_be_attached_is_named_and_all_else_is_attached(
    tracking: Tracking, artifacts: Path, tmp_path: Path
) -> None:
    run_id = start(tracking)
    outputs = tmp_path / "outputs"
    for name in ("a.txt", "deep/b.txt", "deep/c.txt"):
        (outputs / name).parent.mkdir(parents=True, exist_ok=True)
        (outputs / name).write_text(name)
    (outputs / "deep" / "broken").symlink_to("nowhere")
    os.mkfifo(outputs / "pipe")
    assert tracking.attach(run_id, outputs, "outputs").keys() == {outputs / "deep" / "broken", outputs / "pipe"}
    assert run_files(run_id, artifacts) == {"outputs/a.txt", "outputs/deep/b.txt", "outputs/deep/c.txt"}
    assert tracking.attach(run_id, outputs / "pipe").keys() == {outputs / "pipe"}


def test_a_deleted_experiment_is_restored(tracking: Tracking, tmp_path: Path) -> None:
    first = start(tracking, experiment="to be restored")
    experiment = tracking.environment(first, tmp_path)["MLFLOW_EXPERIMENT_ID"]
    tracking._store.delete_experiment(experiment)
    second = start(tracking, experiment="to be restored")
    assert tracking.environment(second, tmp_path)["MLFLOW_EXPERIMENT_ID"] == experiment


def test_an_unknown_run(tracking: Tracking, tmp_path: Path) -> None:
    missing = "0" * 32
    assert tracking.metrics(missing) == {}
    for call in (
        lambda: tracking.end_run(missing, JobState.COMPLETED),
        lambda: tracking.attach(missing, tmp_path),
        lambda: tracking.delete_run(missing),
        lambda: tracking.environment(missing, tmp_path),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_a_run_that_was_deleted_cannot_be_ended(tracking: Tracking) -> None:
    run_id = start(tracking)
    tracking._store.delete_run(run_id)
    with pytest.raises(ConflictError, match="active"):
        tracking.end_run(run_id, JobState.COMPLETED)
    assert run_id not in tracking.started()
    assert list(tracking.runs([run_id])) == []


def test_a_deleted_child_does_not_keep_a_run_from_being_ended(tracking: Tracking) -> None:
    run_id = start(tracking)
    child = start(tracking, **{"mlflow.parentRunId": run_id})
    tracking._store.delete_run(child)
    tracking.end_run(run_id, JobState.COMPLETED)
    assert only(tracking, run_id).state is JobState.COMPLETED


def test_artifacts_are_attached_and_go_with_their_run(tracking: Tracking, artifacts: Path, tmp_path: Path) -> None:
    run_id = start(tracking)
    (tmp_path / "outputs" / "deep").mkdir(parents=True)
    (tmp_path / "outputs" / "deep" / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    tracking.attach(run_id, tmp_path / "b.txt")
    tracking.attach(run_id, tmp_path / "outputs", "outputs")
    assert run_files(run_id, artifacts) == {"b.txt", "outputs/deep/a.txt"}
    tracking.delete_run(run_id)
    assert run_files(run_id, artifacts) == set()
    assert run_id not in every(tracking)


def test_a_store_that_refuses_to_delete_a_run_keeps_its_artifacts(
    tracking: Tracking, artifacts: Path, tmp_path: Path
) -> None:
    run_id = start(tracking)
    (tmp_path / "b.txt").write_text("b")
    tracking.attach(run_id, tmp_path / "b.txt")
    with tracking._store.engine.begin() as connection:
        refusing = "CREATE TRIGGER refusing BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'not now'); END"
        connection.exec_driver_sql(refusing)
    with pytest.raises(JupyterMLError, match="not now"):
        tracking.delete_run(run_id)
    assert run_files(run_id, artifacts) == {"b.txt"}
    with tracking._store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER refusing")
    tracking.delete_run(run_id)
    assert run_files(run_id, artifacts) == set()


@pytest.mark.integration
def test_everything_that_a_program_logs_lands_in_its_run(tracking: Tracking, artifacts: Path, tmp_path: Path) -> None:
    run_id = start(tracking, experiment="of the job")
    code = """
        import mlflow
        from sklearn.datasets import load_diabetes
        from sklearn.linear_model import Ridge

        mlflow.autolog()
        X, y = load_diabetes(return_X_y=True)
        model = Ridge(alpha=0.5).fit(X, y)         # autologging resumes the run, and ends it
        for step in range(50):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"up": float("inf"), "down": float("-inf"), "none": float("nan")})
        mlflow.log_param("alpha", 0.5)
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
    """
    done = program(tracking, run_id, code, tmp_path)
    assert done.returncode == 0, done.stderr
    tracking.end_run(run_id, JobState.COMPLETED, {"alpha": 1, "epochs": 50})
    assert files(tmp_path) == {JOURNAL, f"{JOURNAL}.stored"}

    metrics = tracking.metrics(run_id)
    assert metrics["loss"].value == pytest.approx(1 / 50)
    assert metrics["loss"].step == 49
    assert abs(metrics["loss"].time - datetime.now(UTC)) < timedelta(hours=1)
    assert metrics["up"].value == math.inf
    assert metrics["down"].value == -math.inf
    assert math.isnan(metrics["none"].value)
    assert metrics["training_r2_score"].value > 0.3
    assert "notes/hello.txt" in run_files(run_id, artifacts)
    run = only(tracking, run_id)
    assert run.metrics.keys() == metrics.keys()
    assert run.parameters["fit_intercept"] == "True"
    assert run.parameters["alpha"] == "0.5"  # the program's own word
    assert run.parameters["epochs"] == "50"
    models = list(artifacts.glob("*/models/*/artifacts/MLmodel"))
    assert [run_id in model.read_text() for model in models].count(True) == 2
    assert [run.run_id for run in every(tracking).values() if run.experiment_name == "of the job"] == [run_id]


@pytest.mark.integration
def test_own_runs_and_experiments_of_a_program(tracking: Tracking, artifacts: Path, tmp_path: Path) -> None:
    run_id = start(tracking, experiment="of the job 2")
    code = """
        import mlflow
        mlflow.set_experiment("of the program")
        with mlflow.start_run():
            mlflow.log_metric("first", 1)
        mlflow.log_metric("between", 2)
        mlflow.end_run()
        with mlflow.start_run(run_name="second"):
            mlflow.log_metric("second", 3)
            mlflow.log_text("hello", "hello.txt")
            with mlflow.start_run(run_name="nested", nested=True):
                pass
        mlflow.log_metric("after", 4)
    """
    done = program(tracking, run_id, code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert tracking.metrics(run_id).keys() == {"first", "between", "after"}
    found = {run.name: run for run in every(tracking).values() if run.experiment_name == "of the program"}
    assert found.keys() == {"second", "nested"}
    assert found["second"].tags["mlflow.parentRunId"] == run_id
    assert found["nested"].tags["mlflow.parentRunId"] == found["second"].run_id
    assert found["second"].metrics.keys() == {"second"}
    assert run_files(found["second"].run_id, artifacts) == {"hello.txt"}


@pytest.mark.integration
def test_a_killed_program_leaves_no_run_running(tracking: Tracking, tmp_path: Path) -> None:
    run_id = start(tracking)
    code = """
        import os, mlflow
        with mlflow.start_run():
            mlflow.log_metric("seen", 1)
        with mlflow.start_run(run_name="child of the killed"):
            os.kill(os.getpid(), 9)
    """
    assert program(tracking, run_id, code, tmp_path).returncode == -9
    child = next(run for run in every(tracking).values() if run.name == "child of the killed")
    assert child.state is JobState.RUNNING
    tracking.end_run(run_id, JobState.FAILED)
    assert only(tracking, run_id).state is JobState.FAILED
    assert only(tracking, child.run_id).state is JobState.FAILED
    assert tracking.metrics(run_id).keys() == {"seen"}


def test_only_news_are_read_again(tracking: Tracking) -> None:
    old = start(tracking, name="old")
    store = tracking._store
    with store.ManagedSessionMaker(read_only=False) as session:
        from mlflow.store.tracking.dbmodels.models import SqlRun

        session.query(SqlRun).filter(SqlRun.run_uuid == old).update({"start_time": 1_000})
    reader = Tracking(tracking._uri, tracking._root)
    version = reader.version()
    assert old in every(reader)
    assert reader.version() == version
    new = start(tracking, name="new")
    assert reader.version() != version
    news = every(reader, since=datetime.now(UTC))
    assert new in news
    assert old not in news


def test_what_code_logs_is_read_without_the_tags_of_the_system(tracking: Tracking) -> None:
    run_id = start(tracking, **{"mlflow.user": "ada", "jupyter_ml.job": "job", "team": "blue", "stage": ""})
    tracking.end_run(run_id, JobState.COMPLETED, {"by_hand": 5, "long": "x" * 300, "mlflow_like": 1})
    found = tracking.logged(run_id)
    assert found.parameters == {"by_hand": "5", "long": "x" * 250, "mlflow_like": "1"}
    assert found.tags == {"team": "blue", "stage": ""}
    assert tracking.logged("0" * 32) == LoggedValues()


def test_pages(tracking: Tracking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_ml.tracking.client._PAGE", 2)
    made = [start(tracking, experiment="pages") for _ in range(5)]
    pages = list(tracking.runs(made))
    assert [len(page) for page in pages] == [2, 2, 1]
    ids = [run.run_id for page in pages for run in page]
    assert sorted(ids) == sorted(made)


def test_optimize(tracking: Tracking) -> None:
    start(tracking)
    tracking.optimize()
