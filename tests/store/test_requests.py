# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests wait for the supervisor with their errors, and can be withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.base import MAX_CHARS
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import JobState
from tests.store.jobs import WHEN, job, run


def ended(store, name):
    store.jobs.insert(job(name), host=None)
    store.jobs.transition(name, JobState.CANCELED)


def test_a_request_is_shown_with_the_error_of_its_last_attempt(store):
    ended(store, "one")
    assert store.jobs.get("one").request is None
    requested = store.jobs.request_delete("one").request
    assert (requested.kind, requested.attempts, requested.error) == ("delete", 0, None)
    store.jobs.request_failed("one", "the disk is away", WHEN)
    failed = store.jobs.request_failed("one", "x" * 5_000, WHEN + timedelta(seconds=4)).request
    assert failed == requested.model_copy(
        update={"attempts": 2, "error": f"{'x' * (MAX_CHARS - 1)}…", "retry_at": WHEN + timedelta(seconds=4)}
    )
    assert store.jobs.request_delete("one").request == failed, "asking again changes nothing"
    told = [event.type for event in store.events.since(0)]
    assert told[-3:] == ["job_delete_requested", "job_request_failed", "job_request_failed"]


@pytest.mark.parametrize("archived", [False, True])
def test_a_delete_that_is_withdrawn_puts_the_job_back_where_it_was(store, archived):
    ended(store, "one")
    store.jobs.set_stage("one", LifecycleStage.ARCHIVED if archived else LifecycleStage.ACTIVE)
    store.jobs.request_delete("one")
    failed = store.jobs.request_failed("one", "the disk is away", WHEN)
    assert store.jobs.list(JobQuery(archived=archived)).items == [failed]
    assert store.jobs.list(JobQuery(archived=not archived)).items == []
    back = store.jobs.withdraw_request("one")
    assert (back.request, back.archived) == (None, archived)
    assert store.jobs.list(JobQuery(archived=archived)).items == [back]
    assert ["its MLflow run and some of its files may be gone" in each.message for each in back.warnings] == [True]
    assert store.jobs.requests(host=None) == []
    with pytest.raises(ConflictError, match="no pending request"):
        store.jobs.withdraw_request("one")
    with pytest.raises(ConflictError, match="no pending request"):
        store.jobs.request_failed("one", "late", WHEN)


def test_a_delete_is_not_withdrawn_while_it_is_carried_out(store):
    ended(store, "one")
    assert store.jobs.begin_delete("one") is None
    requested = store.jobs.request_delete("one")
    assert store.jobs.begin_delete("one") == requested
    with pytest.raises(ConflictError, match="is being deleted at this moment"):
        store.jobs.withdraw_request("one")
    store.jobs.request_failed("one", "the disk is away", WHEN)
    assert store.jobs.withdraw_request("one").request is None


def test_a_cancel_can_be_withdrawn_while_the_job_waits(store):
    store.jobs.insert(job("one"), host=None)
    assert store.jobs.request_cancel("one").request.kind == "cancel"
    assert store.jobs.claim(host="here", compute="local", limit=1) == []
    back = store.jobs.withdraw_request("one")
    assert (back.request, back.cancel_requested_at) == (None, None)
    assert [each.name for each in store.jobs.claim(host="here", compute="local", limit=1)] == ["one"]
    store.jobs.request_cancel("one")
    with pytest.raises(ConflictError, match="is being carried out"):
        store.jobs.withdraw_request("one")


def test_a_job_that_has_ended_has_no_cancel_any_more(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.request_cancel("one")
    assert store.jobs.transition("one", JobState.CANCELED).request is None


def test_a_delete_that_an_older_version_requested_is_shown_and_can_be_withdrawn(store):
    ended(store, "one")
    store.jobs.request_delete("one")
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE job_details SET request = NULL")
    requested = store.jobs.get("one")
    assert (requested.request.kind, requested.request.requested_at) == ("delete", requested.ended_at)
    assert not store.jobs.withdraw_request("one").archived


def test_an_imported_run_whose_delete_waits_is_not_brought_back(store):
    store.jobs.import_runs([run(1)])
    store.jobs.request_delete("run-1")
    store.jobs.request_failed("run-1", "the disk is away", WHEN)
    store.jobs.import_runs([run(1)])
    assert store.jobs.get("run-1").request.error == "the disk is away"
