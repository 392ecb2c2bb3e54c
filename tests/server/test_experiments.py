# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The runs of an experiment are read by column."""

from __future__ import annotations

import math

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.runs import Metric
from tests.store.jobs import job


async def test_runs_are_read_by_column(api, shared):
    store = shared._context.store.jobs
    for name, score in (("low", 0.25), ("none", math.nan)):
        store.insert(job(name, experiment_name="by column", compute="missing", parameters={"alpha": 1}), host=None)
        store.set_metrics(name, {"score": Metric(value=score, step=0, time=now())})
    table = await api("GET", "/experiments/by%20column/runs", columns=["metrics.score", "parameters.alpha"])
    assert table["total"] == 2
    found = dict(zip(table["columns"]["name"], table["columns"]["metrics.score"], strict=True))
    assert found == {"low": 0.25, "none": "NaN"}
    assert table["columns"]["parameters.alpha"] == [1, 1]
    columns = await api("GET", "/experiments/by%20column/run-columns")
    assert [item["column"] for item in columns["items"]] == ["parameters.alpha", "metrics.score"]


async def test_an_unknown_experiment_or_column_is_refused(api):
    assert (await api.refused("GET", "/experiments/missing/runs", status=404))["code"] == "not_found"
    assert (await api.refused("GET", "/experiments/missing/run-columns", status=404))["code"] == "not_found"
    refused = await api.refused("GET", "/experiments/missing/runs", columns=["price"], status=400)
    assert refused["field"] == "columns.0"
