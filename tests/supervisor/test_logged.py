# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that jobs of earlier versions are found by what they have logged to MLflow."""

from __future__ import annotations

import asyncio
from contextlib import closing

from jupyter_ml.supervisor.controllers.logged import LoggedController
from jupyter_ml.supervisor.threads import Threads
from tests.store.jobs import job, names


def test_runs_of_jobs_that_have_ended_are_read_once(make_workspace, tmp_path):
    with make_workspace(tmp_path) as workspace, closing(Threads()) as threads:
        context = workspace._context
        run_id = context.tracking.create_run(experiment="e", name="earlier", tags={"stage": "raw", "mlflow.x": "1"})
        context.store.jobs.insert(job("earlier", state="Completed", run_id=run_id), host=None)
        context.store.jobs.insert(job("no-run", state="Completed", run_id="0" * 32), host=None)
        controller = LoggedController(context, threads)
        assert asyncio.run(controller.existing()) == ["jobs"]
        assert asyncio.run(controller.reconcile("jobs")) == 0.0
        assert asyncio.run(controller.reconcile("jobs")) is None
        assert names(context.store, filter="tag:stage=raw") == ["earlier"]
        assert context.store.jobs.get("earlier").logged_tags == {"stage": "raw"}
