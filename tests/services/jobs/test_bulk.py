# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test operations on all jobs that match a query."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.bulk import MAX_JOBS, BulkAction
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.services.jobs import bulk
from jupyter_ml.services.jobs.bulk import for_all
from tests.store.jobs import job

STATES = ["Queued", "Queued", "Running", "Completed", "Failed"]


@pytest.fixture
def jobs(workspace):
    """Add jobs of each state to two experiments."""
    for experiment in ("trees", "nets"):
        for number, state in enumerate(STATES):
            made = job(f"{experiment}-{number}", state=state, experiment_name=experiment)
            workspace._context.store.jobs.insert(made, host="elsewhere")
    return workspace._context.store.jobs


def names(jobs, **query):
    return sorted(each.name for each in jobs.list(JobQuery(**query)).items)


def test_only_jobs_that_can_be_canceled_are_concerned(jobs):
    result = for_all(jobs, BulkAction.CANCEL, JobQuery(experiment_name="trees"))
    assert (result.matched, result.changed, result.refused) == (3, 3, [])
    requested = [each.name for each in jobs.list(JobQuery()).items if each.cancel_requested_at is not None]
    assert sorted(requested) == ["trees-0", "trees-1", "trees-2"]
    again = for_all(jobs, BulkAction.CANCEL, JobQuery(filter="is:queued"))
    assert (again.matched, again.changed) == (4, 4)


def test_archived_jobs_are_restored(jobs):
    assert for_all(jobs, BulkAction.ARCHIVE, JobQuery(filter="is:completed")).changed == 2
    assert names(jobs, archived=True) == ["nets-3", "trees-3"]
    assert for_all(jobs, BulkAction.RESTORE, JobQuery(experiment_name="nets")).changed == 1
    assert names(jobs, archived=True) == ["trees-3"]


def test_ended_jobs_are_deleted_and_others_left(jobs):
    result = for_all(jobs, BulkAction.DELETE, JobQuery(experiment_name="nets"))
    assert (result.matched, result.changed) == (2, 2)
    kinds = {each.name: each.request.kind for each in jobs.list(JobQuery()).items if each.request}
    assert kinds == {"nets-3": "delete", "nets-4": "delete"}


def test_a_refusal_does_not_end_the_operation(jobs):
    result = for_all(jobs, BulkAction.CANCEL, JobQuery(states=["Running", "Completed"]))
    assert (result.matched, result.changed) == (4, 2)
    assert sorted(each.name for each in result.refused) == ["nets-3", "trees-3"]
    assert all("is Completed already" in each.message for each in result.refused)


def test_without_a_filter_nothing_is_done(jobs):
    for query in (JobQuery(), JobQuery(limit=5, sort="name")):
        with pytest.raises(InvalidInputError, match=r"all jobs\?"):
            for_all(jobs, BulkAction.CANCEL, query)


def test_an_operation_is_bounded(jobs, monkeypatch):
    assert MAX_JOBS == 1_000
    monkeypatch.setattr(bulk, "MAX_JOBS", 3)
    result = for_all(jobs, BulkAction.ARCHIVE, JobQuery(filter="trees", limit=1))
    assert (result.matched, result.changed) == (5, 3)
