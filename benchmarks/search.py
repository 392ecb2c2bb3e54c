# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Lists of 100,000 jobs, beside MLflow's ``search_runs`` on as many runs with the same values."""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks import jobs_100k
from benchmarks.pairs import timed
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.store import Store
from jupyter_ml.tracking.client import Tracking

__all__ = ["search"]


def _fill_mlflow(tracking: Tracking, count: int) -> str:
    """Put `count` runs with five parameters and five metrics each into MLflow's own tables."""
    tracking.prepare()
    from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric, SqlParam, SqlRun

    store: Any = tracking._store
    experiment = store.create_experiment("many")
    dice, start = random.Random(0), int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
    for first in range(0, count, 5_000):
        runs, params, metrics, latest = [], [], [], []
        for number in range(first, min(first + 5_000, count)):
            run = f"{number:032x}"
            time = start + number * 300_000
            runs.append(
                {
                    "run_uuid": run,
                    "name": f"run-{number}",
                    "experiment_id": int(experiment),
                    "user_id": "a",
                    "status": "FINISHED",
                    "start_time": time,
                    "end_time": time + 1,
                    "lifecycle_stage": "active",
                    "source_type": "LOCAL",
                    "source_name": "",
                    "entry_point_name": "",
                    "source_version": "",
                    "artifact_uri": "",
                }
            )
            params += [
                {"run_uuid": run, "key": key, "value": str(dice.random())}
                for key in ("alpha", "depth", "optimizer", "seed", "data")
            ]
            for key in ("rmse", "r2", "loss", "accuracy", "seconds"):
                value = {
                    "run_uuid": run,
                    "key": key,
                    "value": dice.random(),
                    "timestamp": time,
                    "step": 100,
                    "is_nan": False,
                }
                metrics.append(value)
                latest.append(value)
        with store.engine.begin() as connection:
            for table, rows in ((SqlRun, runs), (SqlParam, params), (SqlMetric, metrics), (SqlLatestMetric, latest)):
                connection.execute(insert(table), rows)
    return str(experiment)


def search(count: int = 100_000) -> None:
    """Print what a page of 50 takes, by time, with a filter, by a metric."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/workspace.db"
        jobs_100k.fill(url, count)
        tracking = Tracking(Tracking.uri(None, Path(folder, "mlflow.db")), folder)
        experiment = _fill_mlflow(tracking, count)
        runs: Any = tracking._store
        from mlflow.entities import ViewType

        def peer(condition: str, order: str) -> Any:
            return runs.search_runs([experiment], condition, ViewType.ACTIVE_ONLY, 50, [order])

        queries = {
            "newest first": (JobQuery(), ("", "attributes.start_time DESC")),
            "metrics.rmse < 0.1": (
                JobQuery(filter="metrics.rmse < 0.1"),
                ("metrics.rmse < 0.1", "attributes.start_time DESC"),
            ),
            "sorted by metrics.rmse": (JobQuery(sort="metrics.rmse", descending=False), ("", "metrics.rmse ASC")),
        }
        with Store.open(url) as store:
            for title, (query, (condition, order)) in queries.items():
                ours = jobs_100k.measure(store, query)
                before = timed(partial(peer, condition, order))
                tracking.optimize()
                after = timed(partial(peer, condition, order))
                print(
                    f"{count} jobs, {title}: ours {ours * 1000:.0f} ms, MLflow {before:.2f} s, "
                    f"with our ANALYZE {after:.2f} s, ratio {ours / after:.3f}",
                    flush=True,
                )
