# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments count their jobs, and are created, restored and refused with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.experiments import ExperimentCreate, ExperimentQuery, ExperimentUpdate
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.run_views import RunChart, RunView
from tests.store.jobs import WHEN, job, run


def names(store, **query):
    return [each.name for each in store.experiments.list(ExperimentQuery(**query)).items]


def events(store, after=0):
    found = [event for event in store.events.since(after) if event.kind == "experiment"]
    return [(event.type, event.name, event.data) for event in found]


def test_the_one_with_the_newest_job_comes_first(store):
    store.experiments.create(ExperimentCreate(name="unused"))
    for number, experiment in enumerate(["old", "new", "old", "newest"]):
        created = job(f"job-{number}", experiment_name=experiment, created_at=WHEN + timedelta(hours=number))
        store.jobs.insert(created, host=None)
    assert names(store) == ["newest", "old", "new", "unused"]
    assert names(store, descending=False) == ["new", "old", "newest", "unused"]
    old = store.experiments.get("old")
    assert (old.jobs, old.last_job_at) == (2, WHEN + timedelta(hours=2))


def test_an_older_run_that_is_imported_later_does_not_change_the_newest_job(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.import_runs([run(1, started_at=WHEN - timedelta(days=1)), run(2, started_at=WHEN - timedelta(days=2))])
    found = store.experiments.get("diabetes")
    assert (found.jobs, found.last_job_at) == (3, WHEN)
    store.jobs.import_runs([run(4, started_at=WHEN + timedelta(days=2)), run(3, started_at=WHEN + timedelta(days=1))])
    assert store.experiments.get("diabetes").last_job_at == WHEN + timedelta(days=2)


def test_archived_jobs_do_not_count(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.set_stage("one", LifecycleStage.ARCHIVED)
    found = store.experiments.get("diabetes")
    assert (found.jobs, found.last_job_at) == (0, WHEN)


def test_the_first_job_creates_its_experiment_and_a_later_one_restores_it(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.insert(job("two"), host=None)
    assert events(store) == [("experiment_created", "diabetes", {"archived": False})]
    store.experiments.set_stage("diabetes", LifecycleStage.ARCHIVED)
    last = store.events.last()
    store.jobs.import_runs([run(1)])
    assert (names(store), events(store, last)) == ([], [])
    store.jobs.insert(job("three"), host=None)
    assert names(store) == ["diabetes"]
    assert events(store, last) == [("experiment_restored", "diabetes", {"archived": False})]


def test_a_job_that_is_refused_leaves_no_event_of_its_experiment(store):
    store.jobs.insert(job("one"), host=None)
    last = store.events.last()
    with pytest.raises(ConflictError):
        store.jobs.insert(job("one", experiment_name="other"), host=None)
    assert events(store, last) == []


def test_an_experiment_with_jobs_cannot_be_deleted(store):
    store.jobs.insert(job("one", state="Failed"), host=None)
    store.experiments.update("diabetes", ExperimentUpdate(description="what for"))
    store.jobs.insert(job("two", state="Failed"), host=None)
    for name, archived, commands in (
        (None, 0, "experiment:diabetes"),
        ("one", 1, "experiment:diabetes and jupyter ml job for-all delete experiment:diabetes is:archived"),
        ("two", 2, "experiment:diabetes is:archived"),
    ):
        if name:
            store.jobs.set_stage(name, LifecycleStage.ARCHIVED)
        with pytest.raises(ConflictError) as caught:
            store.experiments.delete("diabetes")
        assert str(caught.value) == (
            f"experiment 'diabetes' is in use: it has 2 jobs, {archived} of them archived: "
            f"delete them first (jupyter ml job for-all delete {commands})"
        )
    last = store.events.last()
    store.jobs.delete("one")
    store.jobs.delete("two")
    found = store.experiments.get("diabetes")
    assert (found.description, found.jobs, found.last_job_at) == ("what for", 0, WHEN)
    store.experiments.delete("diabetes")
    assert events(store, last) == [("experiment_deleted", "diabetes", {"archived": False})]
    with pytest.raises(NotFoundError):
        store.experiments.get("diabetes")


def test_the_primary_metric_and_the_view_of_its_runs_are_kept(store):
    store.experiments.create(ExperimentCreate(name="trees", primary_metric="r2"))
    view = RunView(columns=["name", "metrics.r2"], charts=[RunChart(type="bars", columns=["metrics.r2"])])
    changed = store.experiments.update("trees", ExperimentUpdate(goal="maximize", view=view), revision=1)
    assert (changed.primary_metric, changed.goal, changed.view, changed.revision) == ("r2", "maximize", view, 2)
    assert store.experiments.update("trees", ExperimentUpdate(view=None)).view is None


def test_an_unknown_one_gets_a_suggestion(store):
    store.jobs.insert(job("one"), host=None)
    for operation in (store.experiments.get, store.experiments.delete):
        with pytest.raises(NotFoundError, match="did you mean 'diabetes'"):
            operation("diabetis")
