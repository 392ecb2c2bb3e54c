# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Runs that programs log directly with MLflow are listed, and those of jobs are not read again."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.supervisor.controllers.imports import ImportController
from jupyter_ml.supervisor.threads import Threads
from jupyter_ml.tracking.client import JOB_TAG

if TYPE_CHECKING:
    from jupyter_ml.services.workspace import Workspace

DAY_MS = 86_400_000


def imports(workspace: Workspace) -> None:
    """Import what is new, as a supervisor does that has just started."""
    asyncio.run(ImportController(workspace._context, Threads()).reconcile("runs"))


def log_run(workspace: Workspace, name: str, *, start_ms: int) -> str:
    store = workspace._context.tracking._store
    experiment = store.get_experiment_by_name("made by hand")
    experiment_id = experiment.experiment_id if experiment else store.create_experiment("made by hand")
    return store.create_run(experiment_id, "me", start_ms, [], name).info.run_id


def listed(workspace: Workspace) -> set[str]:
    return {job.display_name for job in workspace.jobs.list(JobQuery(types=["mlflow_run"])).items}


@pytest.mark.integration
def test_a_run_of_the_future_hides_no_later_one(workspace: Workspace) -> None:
    now_ms = int(time.time() * 1000)
    log_run(workspace, "first", start_ms=now_ms)
    log_run(workspace, "of the future", start_ms=now_ms + 365 * DAY_MS)
    imports(workspace)
    log_run(workspace, "second", start_ms=now_ms + 10)
    imports(workspace)
    assert listed(workspace) == {"first", "of the future", "second"}


@pytest.mark.integration
def test_runs_of_jobs_are_not_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace.supervisor, "ensure", lambda: None)
    tracking, store = workspace._context.tracking, workspace._context.store.jobs
    noted, about_to_be = (workspace.jobs.submit(CommandJob(command="true")).name for _ in range(2))
    of_jobs = [tracking.create_run(experiment="a", name="a", tags={JOB_TAG: name}) for name in (noted, about_to_be)]
    store.set_run(noted, of_jobs[0])
    by_hand = log_run(workspace, "by hand", start_ms=int(time.time() * 1000))
    read: list[str] = []
    runs = tracking.runs
    monkeypatch.setattr(type(tracking), "runs", lambda _, ids: read.extend(ids) or runs(ids))
    imports(workspace)
    assert sorted(read) == sorted([of_jobs[1], by_hand])
    assert listed(workspace) == {"by hand"}
