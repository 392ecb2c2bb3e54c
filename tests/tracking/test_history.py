# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Series are read from MLflow's tables as logged, or reduced to the extremes of each part of the axis."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.tracking.client import Tracking
from jupyter_ml.tracking.history import read_history
from tests.integration import DATABASES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, tracking: Tracking, tmp_path: Path) -> Tracking:
    """The package's SQLite store, or one in a PostgreSQL of its own."""
    if request.param == "sqlite":
        return tracking
    made = Tracking(Tracking.uri(request.getfixturevalue("postgresql_url"), tmp_path / "x"), str(tmp_path))
    made.prepare()
    return made


def log(store: Tracking, values: dict[str, list[float]], *, steps: bool = True) -> str:
    from mlflow.entities import Metric

    run_id = store.create_run(experiment="curves", name="run", tags={})
    for key, series in values.items():
        points = [Metric(key, value, 1_000 + 10 * i, i if steps else 0) for i, value in enumerate(series)]
        for start in range(0, len(points), 1_000):
            store._store.log_batch(run_id, points[start : start + 1_000], [], [])
    return run_id


def test_few_points_come_as_they_were_logged(store: Tracking) -> None:
    run_id = log(store, {"loss": [3.0, 2.0, float("nan"), float("inf"), 1.0], "r2": [0.5]})
    log(store, {"loss": [9.0] * 50})
    loss, r2 = store.history(run_id, keys=[], max_points=100)
    assert (loss.key, loss.total) == ("loss", 5)
    assert loss.points == [(0, 1000, 3.0), (1, 1010, 2.0), (2, 1020, None), (3, 1030, None), (4, 1040, 1.0)]
    assert r2.points == [(0, 1000, 0.5)]
    assert [each.key for each in store.history(run_id, keys=["r2", "none"], max_points=100)] == ["r2"]


@pytest.mark.parametrize("steps", [True, False], ids=["steps", "times"])
def test_many_points_are_thinned_out_and_keep_ends_and_peaks(store: Tracking, steps: bool) -> None:
    values = [float(i % 7) for i in range(5_000)]
    values[1_234], values[3_210], values[2_000] = 100.0, -100.0, float("nan")
    [series] = store.history(log(store, {"loss": values}, steps=steps), keys=[], max_points=200)
    assert series.total == 5_000
    assert 150 <= len(series.points) <= 200
    assert series.points == sorted(series.points, key=lambda point: point[:2])
    shown = {(time - 1_000) // 10: value for _, time, value in series.points}
    assert {1_234: 100.0, 3_210: -100.0}.items() <= shown.items()
    assert {0, 4_999} <= shown.keys()
    assert all(value == values[i] for i, value in shown.items())


def test_two_points_are_the_least(store: Tracking) -> None:
    [series] = store.history(log(store, {"loss": [float(i) for i in range(50)]}), keys=[], max_points=2)
    assert (series.points[0][0], series.points[-1][0]) == (0, 49)


def test_an_unknown_run_and_a_store_that_does_not_exist_have_no_series(store: Tracking, tmp_path: Path) -> None:
    assert store.history("nobody", keys=[], max_points=10) == []
    assert read_history(Tracking.uri(None, tmp_path / "none.db"), "nobody", keys=[], max_points=10) == []


@pytest.mark.integration
def test_mlflow_is_not_loaded_for_a_chart(tracking: Tracking) -> None:
    run_id = log(tracking, {"loss": [1.0]})
    code = (
        "import sys; from jupyter_ml.tracking.client import Tracking; "
        f"[loss] = Tracking({tracking._uri!r}, '').history({run_id!r}, keys=[], max_points=9); "
        "print(loss.total, 'mlflow' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "1 False"
