# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs are found, completed and compared by the parameters and tags that their code logs to MLflow."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.job_changes import JobUpdate
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.run_table import RunTableQuery
from jupyter_ml.schemas.runs import MAX_LOGGED, LoggedValues
from tests.store.jobs import job, names, run


@pytest.fixture
def filled(store):
    store.jobs.insert(job("mine", parameters={"alpha": 0.5}, tags={"team": "blue"}, run_id=f"{1:032x}"), host=None)
    store.jobs.insert(job("other"), host=None)
    return store


def log(store, *, final=False, tags=(), **parameters):
    values = {key: str(value) for key, value in parameters.items()}
    return store.jobs.set_logged({"mine": LoggedValues(parameters=values, tags=dict(tags))}, final=final)


def test_jobs_are_found_by_what_they_have_logged(filled):
    assert log(filled, by_hand=5, model="ridge", tags={"stage": "test"})
    for text in ("by_hand=5", "by_hand>4.5", "parameter:by_hand", "stage=test", "tag:stage", "ridge", "stage=te"):
        assert names(filled, filter=text) == (["mine"] if text != "stage=te" else []), text
    assert names(filled, filter='"stage=te"') == ["mine"], "as text"
    assert names(filled, filter="by_hand<5") == []
    assert names(filled, sort="parameters.by_hand") == ["mine", "other"]
    assert filled.suggestions.names("parameters") == ["alpha", "by_hand", "model"]
    assert filled.suggestions.values("tags", "stage") == ["test"]
    assert filled.suggestions.exists("parameters", "by_hand")
    found = filled.jobs.get("mine")
    assert (found.logged_parameters, found.logged_tags) == ({"by_hand": "5", "model": "ridge"}, {"stage": "test"})
    assert found.parameters["alpha"] == 0.5
    table = filled.jobs.table(RunTableQuery(filter="name:mine", columns=["parameters.by_hand", "tags.stage"]), {})
    assert (table.columns["parameters.by_hand"], table.columns["tags.stage"]) == ([5], ["test"])
    columns = {each.column for each in filled.jobs.columns(JobQuery(), {}).items}
    assert {"parameters.by_hand", "tags.stage"} <= columns


def test_what_was_given_takes_precedence(filled):
    log(filled, alpha=0.7, tags={"team": "red"})
    assert (filled.jobs.get("mine").logged_parameters, filled.jobs.get("mine").logged_tags) == ({}, {})
    assert names(filled, filter="alpha=0.5 team=blue") == ["mine"]
    assert names(filled, filter="alpha=0.7") == names(filled, filter="team=red") == []


def test_later_values_replace_earlier_ones(filled):
    log(filled, a=1, b=2, tags={"x": "1", "y": "2"})
    assert log(filled, b=3, c=4, tags={"y": "2"})
    assert not log(filled, b=3, c=4, tags={"y": "2"}), "nothing has changed"
    found = filled.jobs.get("mine")
    assert (found.logged_parameters, found.logged_tags) == ({"b": "3", "c": "4"}, {"y": "2"})
    assert names(filled, filter="'a=1'") == []
    assert names(filled, filter="'c=4'") == ["mine"]


def test_users_change_tags_beside_logged_ones(filled):
    log(filled, a=1, tags={"x": "1", "y": "2"})
    filled.jobs.update("mine", JobUpdate(tags={"team": "red", "x": "mine", "y": None}))
    found = filled.jobs.get("mine")
    assert (found.tags, found.logged_tags) == ({"team": "red", "x": "mine"}, {})
    log(filled, a=1, tags={"x": "1", "y": "2", "team": "blue"})  # the run does not have the changes yet
    assert filled.jobs.get("mine") == found
    for text, expected in {"x=mine": ["mine"], "tag:y": [], "a=1": ["mine"], "'y=2'": []}.items():
        assert names(filled, filter=text) == expected, text


def test_few_values_of_bounded_length_are_stored(filled):
    log(filled, **{f"p{number:04}": "v" * 1_000 for number in range(MAX_LOGGED + 10)})
    found = filled.jobs.get("mine").logged_parameters
    assert len(found) == MAX_LOGGED
    assert {len(value) for value in found.values()} == {250}


def test_jobs_that_have_ended_are_read_once(filled):
    ended = {"state": "Completed", "run_id": f"{2:032x}"}
    filled.jobs.insert(job("before", **ended), host=None)
    filled.jobs.insert(job("no-run", state="Canceled"), host=None)
    filled.jobs.import_runs([run(3)])
    assert filled.jobs.not_logged(10) == {"before": f"{2:032x}"}
    filled.jobs.set_logged({"before": LoggedValues(), "gone": LoggedValues()}, final=True)
    assert filled.jobs.not_logged(10) == {}


def test_an_import_keeps_what_users_have_changed(store):
    store.jobs.import_runs([run(1, parameters={f"p{n}": "1" for n in range(MAX_LOGGED + 1)}, state="Running")])
    store.jobs.update("run-1", JobUpdate(starred=True))
    store.jobs.import_runs([run(1, parameters={"later": "2"}, state="Completed")])
    found = store.jobs.get("run-1")
    assert (found.starred, found.parameters, found.logged_parameters) == (True, {"later": "2"}, {})
    assert store.jobs.not_logged(10) == {}
