# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Tables of the runs of an experiment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.run_table import RunTableQuery
from tests.store.jobs import WHEN, job


@pytest.mark.parametrize(("price", "cost"), [(3, 1.5), (0, 0), (None, None)])
def test_runs_have_a_cost_if_workspace_yml_has_a_price(make_workspace, tmp_path, price, cost):
    with make_workspace(tmp_path, local={"price_per_hour": price}) as workspace:
        ended = job("run", state="Completed", compute="local", started_at=WHEN, ended_at=WHEN + timedelta(minutes=30))
        workspace._context.store.jobs.insert(ended, host=None)
        assert workspace.experiments.runs("diabetes", RunTableQuery(columns=["cost"])).columns["cost"] == [cost]


@pytest.mark.usefixtures("boxes")
def test_each_run_costs_what_its_compute_does(make_workspace, tmp_path):
    with make_workspace(tmp_path, local={"price_per_hour": 3}) as workspace:
        workspace.computes.create({"name": "b", "type": "box", "price_per_hour": 8})
        workspace.computes.create({"name": "free", "type": "box"})
        for number, compute in enumerate(("local", "b", "free", "deleted")):
            times = {"created_at": WHEN + timedelta(seconds=number), "started_at": WHEN}
            ended = job(compute, state="Completed", compute=compute, ended_at=WHEN + timedelta(minutes=30), **times)
            workspace._context.store.jobs.insert(ended, host=None)

        def costs():
            columns = workspace.experiments.runs("diabetes", RunTableQuery(columns=["cost"])).columns
            return dict(zip(columns["name"], columns["cost"], strict=True))

        assert costs() == {"local": 1.5, "b": 4, "free": None, "deleted": None}
        assert workspace.experiments.run_columns("diabetes", JobQuery()).cost == 5.5
        assert workspace.experiments.run_columns("diabetes", JobQuery(filter="compute:free")).cost is None
        workspace.computes.update("local", {"price_per_hour": 1})
        assert costs()["local"] == 0.5, "it takes precedence over workspace.yml"
