# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a job logs is in MLflow's tables in the end, whichever process logged it and however that ended."""

from __future__ import annotations

import math
import sqlite3
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.schemas.states import JobState
from jupyter_ml.tracking.client import Tracking
from jupyter_ml.tracking.journal import Journal
from tests.integration import DATABASES
from tests.tracking.programs import JOURNAL, only, program, start, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def history(tracking: Tracking, run_id: str, key: str) -> list[tuple[int, float]]:
    return [(metric.step, metric.value) for metric in tracking._store.get_metric_history(run_id, key)]


@pytest.mark.integration
def test_metrics_go_through_the_journal_and_are_checked_at_the_call(tracking: Tracking, tmp_path: Path) -> None:
    """The test that shows when MLflow has changed what the store of a job leans on."""
    run_id = start(tracking)
    code = """
        import os, sqlite3, sys
        from pathlib import Path
        import mlflow
        from mlflow.entities import Metric
        from mlflow.exceptions import MlflowException

        file = os.environ["MLFLOW_TRACKING_URI"].removeprefix("sqlite:///")
        database = sqlite3.connect(file)
        count = lambda: database.execute("SELECT count(*) FROM metrics WHERE run_uuid = ?", (run,)).fetchone()[0]
        client, run = mlflow.MlflowClient(), mlflow.start_run().info.run_id
        for step in range(100):
            mlflow.log_metric("loss", step / 2, step=step)
        mlflow.log_metrics({"up": float("inf"), "down": float("-inf"), "none": float("nan")})
        client.log_batch(run, [Metric("batch", number, 1, number) for number in range(2_500)])
        mlflow.log_metric("later", 1, synchronous=False).wait()
        assert count() == 0, "metrics wait in the journal"
        assert len(Path(sys.argv[0]).with_name("metrics.jsonl").read_bytes().split()) == 105

        def refused(call, text):
            try:
                call()
            except MlflowException as error:
                assert text in str(error), error
            else:
                raise AssertionError(text)

        refused(lambda: mlflow.log_metric("MAP@k", 0.5), "Names may only contain")
        refused(lambda: mlflow.log_metric("text", "good"), "valid double")
        refused(lambda: mlflow.log_metric("step", 1, step=2**63), "64 bits")
        refused(lambda: client.log_batch(run, [Metric("good", 1, 1, 1), Metric("a@b", 1, 1, 1)]), "metrics[1]")
        refused(lambda: client.log_metric("0" * 32, "a", 1), "not found")
        refused(lambda: mlflow.log_metric("MAP@k", 0.5, synchronous=False).wait(), "Names may only contain")
        mlflow.log_param("same", 1)
        mlflow.log_param("same", 1)
        refused(lambda: mlflow.log_param("same", 2), "Changing param values")

        assert client.get_run(run).data.metrics["loss"] == 49.5, "a read sees what was logged before"
        assert count() == 2_604
        child = client.create_run(mlflow.get_run(run).info.experiment_id).info.run_id
        client.log_metric(child, "score", 7)
        found = mlflow.search_runs(order_by=["metrics.score DESC"], filter_string="metrics.score > 1")
        assert list(found.run_id) == [child] and list(found["tags.mlflow.parentRunId"]) == [run]
        client.log_metric(child, "score", 8, step=1)
        assert [each.value for each in client.get_metric_history(child, "score")] == [7, 8]
        client.delete_run(child)
        refused(lambda: client.log_metric(child, "score", 9), "active")
    """
    done = program(tracking, run_id, code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert history(tracking, run_id, "loss") == [(step, step / 2) for step in range(100)]
    metrics = tracking.metrics(run_id)
    assert metrics.keys() == {"loss", "up", "down", "none", "batch", "later"}
    assert (metrics["up"].value, metrics["down"].value) == (math.inf, -math.inf)
    assert math.isnan(metrics["none"].value)


@pytest.mark.integration
def test_workers_log_whether_forked_spawned_or_threads(tracking: Tracking, tmp_path: Path) -> None:
    run_id = start(tracking)
    code = """
        import multiprocessing, threading
        import mlflow

        def work(name):
            for step in range(50):
                mlflow.log_metric(name, step, step=step)

        if __name__ == "__main__":
            mlflow.log_metric("main", 1)
            run = mlflow.active_run().info.run_id
            for method in ("fork", "spawn"):
                context = multiprocessing.get_context(method)
                workers = [context.Process(target=work, args=(f"{method}{number}",)) for number in range(2)]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
                    assert worker.exitcode == 0
            threads = [threading.Thread(target=work, args=(f"thread{number}",)) for number in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(mlflow.get_run(run).data.metrics) == 7, "what workers logged is seen"
    """
    done = program(tracking, run_id, code, tmp_path)
    assert done.returncode == 0, done.stderr
    names = [f"{kind}{number}" for kind in ("fork", "spawn", "thread") for number in range(2)]
    assert tracking.metrics(run_id).keys() == {"main", *names}
    for name in names:
        assert history(tracking, run_id, name) == [(step, step) for step in range(50)]


@pytest.mark.integration
def test_what_was_logged_survives_a_kill(tracking: Tracking, tmp_path: Path) -> None:
    run_id = start(tracking)
    code = """
        import os, mlflow
        for step in range(1_000):
            mlflow.log_metric("loss", step, step=step)
        os.kill(os.getpid(), 9)
    """
    assert program(tracking, run_id, code, tmp_path).returncode == -9
    assert len(history(tracking, run_id, "loss")) == 1_000


@pytest.mark.integration
def test_models_tables_images_and_system_metrics(tracking: Tracking, artifacts: Path, tmp_path: Path) -> None:
    run_id = start(tracking)
    code = """
        import os, time
        import mlflow, numpy, pandas
        from mlflow.data.pandas_dataset import from_pandas

        job, model = os.environ["MLFLOW_RUN_ID"], mlflow.initialize_logged_model("net")  # before any run is active
        assert model.source_run_id == job
        assert [each.model_id for each in mlflow.get_run(job).outputs.model_outputs] == [model.model_id]
        data = from_pandas(pandas.DataFrame({"x": [1, 2]}), name="train")
        mlflow.log_metric("accuracy", 0.5, step=1, model_id=model.model_id, dataset=data)
        mlflow.log_metric("accuracy", numpy.float32(0.75), step=numpy.int64(2), model_id=model.model_id)
        [first, second] = mlflow.get_logged_model(model.model_id).metrics
        assert {first.value, second.value} == {0.5, 0.75}
        mlflow.log_table({"a": [1]}, "table.json")
        mlflow.log_image(numpy.zeros((2, 2, 3), dtype="uint8"), "zeros.png")
        mlflow.end_run()
        with mlflow.start_run(run_name="measured", log_system_metrics=True) as run:
            assert mlflow.initialize_logged_model("other").source_run_id == run.info.run_id
            while not mlflow.get_run(run.info.run_id).data.metrics:
                time.sleep(0.1)
    """
    variables = {"MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL": "1", "MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING": "1"}
    done = program(tracking, run_id, code, tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    assert tracking.metrics(run_id)["accuracy"].value == 0.75
    assert history(tracking, run_id, "accuracy") == [(1, 0.5), (2, 0.75)]
    names = {path.name for path in artifacts.glob(f"*/{run_id}/artifacts/*")}
    assert names == {"table.json", "zeros.png"}


@pytest.fixture(params=DATABASES)
def any_store(request: pytest.FixtureRequest, tracking: Tracking, tmp_path: Path) -> Iterator[Tracking]:
    if request.param == "sqlite":
        yield tracking
        return
    made = Tracking(Tracking.uri(request.getfixturevalue("postgresql_url"), tmp_path / "x"), str(tmp_path))
    made.prepare()
    yield made
    made.close()


def test_a_journal_is_stored_by_mlflows_rules_however_often(any_store: Tracking, tmp_path: Path) -> None:
    run_id, other, gone = (start(any_store) for _ in range(3))
    any_store.delete_run(gone)
    journal = Journal(tmp_path / JOURNAL)
    values = [("a", 1.0, 10, 1), ("a", 5.0, 10, 2), ("a", 4.0, 9, 2), ("a", 5.0, 10, 2), ("n", math.nan, 1, 0)]
    journal.append(run_id, values)  # type: ignore[arg-type]
    journal.append(other, [("a", -math.inf, 1, 0)])  # type: ignore[arg-type, list-item]
    journal.append(gone, [("a", 1, 1, 0), ("b", 1, 1, 0)])  # type: ignore[arg-type, list-item]
    start_of_line = b'["%s",[["a' % run_id.encode()
    wrong = [b"no json", b'["x"]', b"[1,[]]", b"[" * 100_000, start_of_line + b'\\u0000",1,1,1]]]']
    wrong += [start_of_line + b'",1%s,1,1.5]]]' % (b"0" * 400), start_of_line + b'",1,1,1%s]]]' % (b"0" * 20)]
    with journal.path.open("ab") as file:
        file.write(b"\n".join([*wrong, b""]))
    with journal.path.open("ab") as file:
        file.write(b'["cut short by a full di')
    journal.append(run_id, [("late", 1, 1, 0)])  # type: ignore[arg-type, list-item]
    with journal.path.open("ab") as file:
        file.write(b'["half a line')
    for _ in range(2):
        refused = any_store.store_metrics(journal.path, wait_s=5)
        assert refused is not None
        assert (refused.gone, refused.unreadable) == ({gone: 2}, 1 + len(wrong))
        assert any_store.store_metrics(journal.path, wait_s=5) is None, "half a line waits for its end"
        assert history(any_store, run_id, "a") == [(2, 4.0), (1, 1.0), (2, 5.0)]
        metrics = any_store.metrics(run_id)
        assert (metrics["a"].value, metrics["a"].step) == (5.0, 2)
        assert metrics.keys() == {"a", "n", "late"}
        assert any_store.metrics(other)["a"].value == -math.inf
        journal.mark(0)  # a supervisor was killed before it noted how far it was
    assert only(any_store, run_id).state is JobState.RUNNING


def test_a_locked_store_loses_nothing(tracking: Tracking, tmp_path: Path) -> None:
    from jupyter_ml.errors import UnavailableError

    run_id = start(tracking)
    journal = Journal(tmp_path / JOURNAL)
    journal.append(run_id, [("a", 1.0, 1, 1)])  # type: ignore[list-item]
    other = sqlite3.connect(tracking._uri.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="locked"):
        tracking.store_metrics(journal.path, wait_s=0.1)
    other.execute("ROLLBACK")
    other.close()
    store(tracking, journal.path)
    assert tracking.metrics(run_id).keys() == {"a"}
