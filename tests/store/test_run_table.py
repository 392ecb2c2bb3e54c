# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Values of runs are read by column, in the order of the query."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from jupyter_ml.schemas.job_changes import JobUpdate
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.run_table import RunTableQuery
from jupyter_ml.schemas.runs import Metric
from jupyter_ml.schemas.specs import CommandJob
from tests.store.jobs import WHEN, job, run


@pytest.fixture
def runs(store):
    """Three runs of an experiment, and one of another."""
    for number, alpha in enumerate([0.1, "auto", None]):
        parameters = {"seed": 7} | ({} if alpha is None else {"alpha": alpha})
        created = WHEN + timedelta(seconds=number)
        tags = {"team": "red"} if number else {}
        store.jobs.insert(job(f"run-{number}", parameters=parameters, created_at=created, tags=tags), host=None)
        store.jobs.set_metrics(f"run-{number}", {"r2": Metric(value=[0.5, math.nan, 0.7][number], step=0, time=WHEN)})
    store.jobs.insert(job("other", experiment_name="other", parameters={"beta": 1}), host=None)
    return store.jobs


def table(jobs, *columns, **query):
    return jobs.table(RunTableQuery(experiment_name="diabetes", columns=columns, **query), prices={})


def test_each_column_has_the_values_of_all_runs_in_one_order(runs):
    found = table(runs, "parameters.alpha", "parameters.seed", "metrics.r2", "tags.team", "duration_s", "user")
    assert found.total == 3
    assert found.columns["name"] == ["run-2", "run-1", "run-0"]
    assert found.columns["parameters.alpha"] == [None, "auto", 0.1]
    assert found.columns["parameters.seed"] == [7, 7, 7]
    assert found.columns["metrics.r2"] == [0.7, pytest.approx(math.nan, nan_ok=True), 0.5]
    assert found.columns["tags.team"] == ["red", "red", None]
    assert found.columns["duration_s"] == [None] * 3
    assert found.columns["created_at"][-1] == WHEN.timestamp()


def test_every_column_that_a_query_may_name_has_values(runs):
    runs.update("run-1", JobUpdate(starred=True, description="best so far"))
    runs.insert(job("script", spec=CommandJob(command="python Train.py \x00")), host=None)
    runs.import_runs([run(9, name="imported")])
    found = table(runs, "state", "user", "description", "starred", "duration_s", "source").columns
    sources = dict(zip(found["name"], found["source"], strict=True))
    assert sources["run-0"] == job("any").spec.notebook
    assert sources["script"].startswith("python Train.py ")
    assert list(sources.values()).count(None) == 1
    found = table(runs, "state", "description", "starred", filter="name:run-").columns
    assert found["starred"] == [False, True, False]
    assert found["description"] == [None, "best so far", None]
    assert found["state"] == ["Queued"] * 3


def test_it_has_the_runs_that_match_up_to_the_limit(runs):
    assert table(runs, filter="metrics.r2 > 0.6").columns["name"] == ["run-2"]
    assert (table(runs, limit=2).columns["name"], table(runs, limit=2).total) == (["run-2", "run-1"], 3)
    empty = table(runs, "metrics.r2", filter="missing")
    assert (empty.total, empty.columns["name"], empty.columns["metrics.r2"]) == (0, [], [])


def test_a_duration_is_never_negative(runs):
    runs.insert(job("late", state="Completed", started_at=WHEN, ended_at=WHEN - timedelta(seconds=5)), host=None)
    runs.insert(job("long", state="Completed", started_at=WHEN, ended_at=WHEN + timedelta(seconds=2.5)), host=None)
    found = table(runs, "duration_s").columns
    assert dict(zip(found["name"], found["duration_s"], strict=True))["late"] == 0
    assert dict(zip(found["name"], found["duration_s"], strict=True))["long"] == 2.5


def test_a_cost_is_the_duration_times_the_price_of_the_compute(runs):
    for name, compute in {"here": "local", "away": "cluster"}.items():
        ended = WHEN + timedelta(minutes=90)
        runs.insert(job(name, compute=compute, state="Completed", started_at=WHEN, ended_at=ended), host=None)
    query = RunTableQuery(experiment_name="diabetes", columns=["cost"])
    found = runs.table(query, {"local": 0.5}).columns
    costs = dict(zip(found["name"], found["cost"], strict=True))
    assert costs == {"here": 0.75, "away": None, "run-0": None, "run-1": None, "run-2": None}
    assert set(runs.table(query, {}).columns["cost"]) == {None}


def test_columns_of_runs_are_known_with_those_that_differ(runs):
    found = runs.columns(JobQuery(experiment_name="diabetes"), {})
    assert found.runs == 3
    assert [(item.column, item.runs, item.differs) for item in found.items] == [
        ("parameters.seed", 3, False),
        ("parameters.alpha", 2, True),
        ("metrics.r2", 3, True),
        ("tags.team", 2, True),
    ]
    assert not any(item.series for item in found.items)
    runs.set_metrics("run-0", {"loss": Metric(value=1, step=9, time=WHEN)})
    series = [item.column for item in runs.columns(JobQuery(experiment_name="diabetes"), {}).items if item.series]
    assert series == ["metrics.loss"]


def test_the_primary_metric_is_the_one_that_lists_show_for_most_runs(runs):
    def primary(**query):
        return runs.columns(JobQuery(experiment_name="diabetes", **query), {}).primary_metric

    later = WHEN + timedelta(seconds=9)
    assert primary() == "r2"
    assert primary(filter="missing") is None
    for name in ("run-0", "run-1"):
        runs.set_metrics(name, {key: Metric(value=1, step=0, time=later) for key in ("loss", "accuracy")})
    shown = [runs.get(f"run-{number}").primary_metric for number in range(3)]
    assert (shown, primary()) == (["accuracy", "accuracy", "r2"], "accuracy")
    runs.update("run-1", JobUpdate(tags={"primary_metric": "loss"}))
    assert primary() == "r2"  # each has one run: that of the newest
