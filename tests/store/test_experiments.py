# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments, and what their jobs add up to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_ml.errors import NotFoundError
from tests.store.jobs import WHEN, job


def names(store, **query):
    return [each.name for each in store.experiments.list(**query)]


def test_the_one_with_the_newest_job_comes_first(store):
    for number, experiment in enumerate(["old", "new", "old", "newest"]):
        made = job(f"job-{number}", experiment_name=experiment, created_at=WHEN + timedelta(hours=number))
        store.jobs.insert(made, host=None)
    assert names(store) == ["newest", "old", "new"]
    old = store.experiments.get("old")
    assert (old.jobs, old.last_job_at) == (2, WHEN + timedelta(hours=2))


def test_archived_jobs_do_not_count(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.archive("one", True)
    found = store.experiments.get("diabetes")
    assert (found.jobs, found.last_job_at) == (0, WHEN)


def test_archive_and_restore(store):
    store.jobs.insert(job("one"), host=None)
    assert store.experiments.archive("diabetes", True).archived
    assert (names(store), names(store, archived=True), names(store, archived=None)) == ([], ["diabetes"], ["diabetes"])
    assert not store.experiments.archive("diabetes", False).archived
    with pytest.raises(NotFoundError):
        store.experiments.archive("nothing", True)


def test_a_change_is_an_event_and_no_change_is_none(store):
    store.jobs.insert(job("one"), host=None)
    last = store.events.last()
    for archived in (True, True, False):
        store.experiments.archive("diabetes", archived)
    told = [(event.type, event.kind, event.name, event.data) for event in store.events.since(last)]
    assert told == [
        ("experiment_archived", "experiment", "diabetes", {"archived": True}),
        ("experiment_restored", "experiment", "diabetes", {"archived": False}),
    ]


def test_an_experiment_outlives_its_jobs(store):
    store.jobs.insert(job("one", state="Failed"), host=None)
    store.experiments.set_description("diabetes", "what for")
    store.jobs.delete("one")
    found = store.experiments.get("diabetes")
    assert (found.description, found.jobs, found.last_job_at) == ("what for", 0, None)


def test_an_unknown_one_gets_a_suggestion(store):
    store.jobs.insert(job("one"), host=None)
    for operation in (store.experiments.get, lambda name: store.experiments.archive(name, True)):
        with pytest.raises(NotFoundError, match="did you mean 'diabetes'"):
            operation("diabetis")
