# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test updates of what describes a job, and the record of what its MLflow run does not have yet."""

from __future__ import annotations

import math

import pytest

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.schemas.job_changes import JobUpdate, RunChanges
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.repair import JobRecord
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.tags import MAX_TAGS
from tests.store.jobs import job, metric, run


@pytest.fixture
def queued(store):
    """Add a job that waits."""
    return store.jobs.insert(job("a", tags={"team": "red", "old": "1"}, description="why"), host="here")


@pytest.fixture
def ended(store):
    """Add a job that has ended and has a run."""
    store.jobs.insert(job("b", tags={"team": "red", "old": "1"}, state="Completed"), host="here")
    store.jobs.set_run("b", "run of b")
    return store.jobs.get("b")


def test_given_fields_are_changed_and_tags_are_merged(store, queued):
    changed = store.jobs.update("a", JobUpdate(display_name="Best", starred=True, tags={"team": "blue", "old": None}))
    assert store.jobs.get("a") == changed
    assert (changed.display_name, changed.description, changed.starred) == ("Best", "why", True)
    assert changed.revision == queued.revision + 1
    assert changed.tags == {"team": "blue"}
    assert store.jobs.update("a", JobUpdate(description=None)).description is None
    event = store.events.since(0)[-1]
    assert (event.type, event.name, event.data["state"]) == ("job_updated", "a", "Queued")


def test_an_update_that_changes_nothing_writes_nothing(store, queued):
    last = store.events.last()
    assert store.jobs.update("a", JobUpdate(tags={"team": "red", "none": None}, starred=False)) == queued
    assert store.jobs.update("a", JobUpdate()) == queued
    assert store.events.last() == last


def test_lists_find_what_the_job_is_now(store, queued):
    store.jobs.update("a", JobUpdate(display_name="Finest forest", description="of oaks", tags={"team": "blue"}))

    def names(**query):
        return [each.name for each in store.jobs.list(JobQuery(**query)).items]

    assert [names(filter=text) for text in ("finest", "oaks", "why")] == [["a"], ["a"], []]
    assert names(filter="tag:team=blue") == ["a"]
    assert names(filter="tag:team=red") == []


def test_starred_jobs_are_found(store, queued, ended):
    store.jobs.update("b", JobUpdate(starred=True))

    def names(text):
        return sorted(each.name for each in store.jobs.list(JobQuery(filter=text)).items)

    assert [names(text) for text in ("is:starred", "-is:starred", "is:queued,starred")] == [["b"], ["a"], ["a", "b"]]


def test_an_older_revision_is_refused_with_the_job_as_it_is(store, ended):
    store.jobs.set_metrics("b", {"loss": metric(math.nan)})
    store.jobs.update("b", JobUpdate(starred=True))
    with pytest.raises(ConflictError, match=f"revision {ended.revision + 1}, not {ended.revision}") as caught:
        store.jobs.update("b", JobUpdate(starred=False), revision=ended.revision)
    assert (caught.value.current["starred"], caught.value.current["revision"]) == (True, ended.revision + 1)
    assert caught.value.current["metrics"] == {"loss": "NaN"}
    store.jobs.request_delete("b")
    with pytest.raises(ConflictError, match="is being deleted"):
        store.jobs.update("b", JobUpdate(starred=False))
    with pytest.raises(NotFoundError):
        store.jobs.update("c", JobUpdate(starred=False))


def test_a_star_does_not_conflict_with_a_note(store, ended):
    for starred in (True, False, True):
        store.jobs.update("b", JobUpdate(starred=starred))
    mine = store.jobs.update("b", JobUpdate(description="mine"), revision=ended.revision)
    assert (mine.description, mine.starred, mine.revision) == ("mine", True, ended.revision + 4)
    with pytest.raises(ConflictError, match="changed since: description") as caught:
        store.jobs.update("b", JobUpdate(description="theirs"), revision=mine.revision - 1)
    assert caught.value.current["description"] == "mine"
    assert store.jobs.update("b", JobUpdate(description="both"), revision=mine.revision).description == "both"


def test_a_job_that_gets_the_name_of_a_deleted_one_has_none_of_its_revisions(store):
    old = store.jobs.insert(job("a"), host=None)
    for number in range(3):
        old = store.jobs.update("a", JobUpdate(display_name=f"{number}"))
    store.jobs.delete("a")
    assert store.jobs.insert(job("a"), host=None).revision > old.revision
    store.jobs.delete("a")
    store.jobs.import_runs([run(1, name="a")])
    imported = store.jobs.update("a", JobUpdate(starred=True))
    store.jobs.set_run(store.jobs.insert(job("b"), host=None).name, imported.run_id)  # the imported row is removed
    new = store.jobs.insert(job("a"), host=None)
    assert new.revision > imported.revision
    with pytest.raises(ConflictError, match=f"has revision {new.revision}, not {old.revision}"):
        store.jobs.update("a", JobUpdate(starred=True), revision=old.revision)


def test_a_job_that_is_restored_has_at_least_the_revision_of_its_copy(store):
    copy = job("a", state="Completed", revision=70)
    assert store.jobs.restore(JobRecord(job=copy, attempts=[]), host=None).revision == 70


def test_a_change_of_the_state_keeps_the_revision(store, queued):
    store.jobs.transition("a", JobState.CANCELED)
    assert store.jobs.update("a", JobUpdate(starred=True), revision=queued.revision).revision == queued.revision + 1


def test_there_is_a_largest_number_of_tags(store, queued):
    many = {f"t{number}": "x" for number in range(MAX_TAGS - 1)}
    with pytest.raises(InvalidInputError, match=f"{MAX_TAGS + 1} are more than {MAX_TAGS}"):
        store.jobs.update("a", JobUpdate(tags=many))
    assert len(store.jobs.update("a", JobUpdate(tags={**many, "old": None})).tags) == MAX_TAGS


def test_changes_wait_until_the_run_has_them(store, queued, ended):
    store.jobs.update("a", JobUpdate(display_name="Waits"))
    assert store.jobs.with_run_changes(host="here") == [], "its run is created later, with what the job has then"
    store.jobs.update("b", JobUpdate(starred=True))
    assert store.jobs.run_changes("b") is None, "MLflow has no stars"

    store.jobs.update("b", JobUpdate(display_name="First", tags={"team": "blue", "old": None}))
    first = store.jobs.run_changes("b")
    store.jobs.update("b", JobUpdate(display_name="Second", description="text", tags={"old": "2"}))
    both = store.jobs.run_changes("b")
    assert both == RunChanges(display_name="Second", description="text", tags={"team": "blue", "old": "2"})
    assert [store.jobs.with_run_changes(host=host) for host in ("here", "there")] == [["b"], []]
    assert not store.jobs.run_has("b", first)
    assert store.jobs.run_has("b", both)
    assert (store.jobs.run_changes("b"), store.jobs.with_run_changes(host="here")) == (None, [])


def test_an_import_keeps_what_the_run_does_not_have_yet(store):
    logged = run(1, tags={"team": "red", "mlflow.note.content": "by hand"})
    store.jobs.import_runs([logged])
    imported = store.jobs.get("run-1")
    assert imported.description == "by hand"
    store.jobs.update("run-1", JobUpdate(display_name="Mine", description=None, tags={"team": None}, starred=True))
    store.jobs.import_runs([logged])
    kept = store.jobs.get("run-1")
    assert (kept.display_name, kept.description, kept.tags, kept.starred) == ("Mine", None, {}, True)
    assert kept.revision == imported.revision + 1
    changes = store.jobs.run_changes("run-1")
    assert changes == RunChanges(display_name="Mine", description=None, tags={"team": None})
    store.jobs.run_has("run-1", changes)
    store.jobs.import_runs([logged])
    assert (store.jobs.get("run-1").display_name, store.jobs.get("run-1").starred) == ("run-1", True)
