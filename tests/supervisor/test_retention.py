# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test how long jobs that have ended are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.supervisor.controllers.retention import expire
from tests.store.jobs import WHEN, job

DAY = timedelta(days=1)


@pytest.fixture
def context(make_workspace, tmp_path):
    """Return the context of a workspace that archives after 10 days and deletes after 20, 15 days after `WHEN`."""
    limits = {"archive_after_days": 10, "delete_after_days": 20}
    with make_workspace(tmp_path, retention=limits) as workspace:
        yield replace(workspace._context, clock=lambda: WHEN + 15 * DAY)


def archived(context):
    return sorted(each.name for each in context.store.jobs.list(JobQuery(archived=True)).items)


def deleting(context):
    found = context.store.jobs.list(JobQuery(archived=None)).items
    return sorted(each.name for each in found if each.request and each.request.kind == "delete")


def test_old_jobs_that_have_ended_are_archived(context):
    jobs = context.store.jobs
    for made in (
        job("old", state="Completed"),
        job("failed", state="Failed"),
        job("starred", state="Completed", starred=True),
        job("runs", state="Running"),
        job("new", state="Completed", created_at=WHEN + 6 * DAY),
    ):
        jobs.insert(made, host=None)
    expire(context)
    assert archived(context) == ["failed", "old"]
    assert deleting(context) == []


def test_old_archived_jobs_are_deleted(context):
    jobs = context.store.jobs
    for made in (
        job("oldest", state="Completed", created_at=WHEN - 6 * DAY),
        job("starred", state="Completed", starred=True, created_at=WHEN - 6 * DAY),
        job("old", state="Completed"),
        job("visible", state="Completed", created_at=WHEN - 6 * DAY),
    ):
        jobs.insert(made, host=None)
        if made.name != "visible":
            jobs.set_stage(made.name, LifecycleStage.ARCHIVED)
    expire(context)
    assert deleting(context) == ["oldest"]
    assert archived(context) == ["old", "oldest", "starred", "visible"]


def test_nothing_expires_by_default(workspace):
    workspace._context.store.jobs.insert(job("old", state="Completed", created_at=WHEN - 5_000 * DAY), host=None)
    expire(workspace._context)
    assert archived(workspace._context) == deleting(workspace._context) == []
