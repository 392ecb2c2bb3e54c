# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""MLflow runs in the list of jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import JobState
from tests.store.jobs import WHEN, events, job, metric, names, run


def test_runs_made_by_hand_are_listed(store):
    store.jobs.insert(job("taken"), host=None)
    store.jobs.insert(job("ours", run_id=f"{9:032x}"), host=None)
    store.jobs.import_runs(
        [
            run(1, metrics={"r2": metric(0.5)}, parameters={"alpha": "0.5"}, tags={"team": "blue"}, state="Running"),
            run(2, name="taken"),
            run(3, name="not a name!"),
            run(4, name="twin"),
            run(5, name="twin"),
            run(9, name="ours-again"),
        ]
    )
    found = {each.run_id: each for each in store.jobs.list(JobQuery(types=["mlflow_run"])).items}
    assert [(each.name, each.display_name) for each in sorted(found.values(), key=lambda each: each.run_id)] == [
        ("run-1", "run-1"),
        (f"{2:032x}", "taken"),
        (f"{3:032x}", "not a name!"),
        ("twin", "twin"),
        (f"{5:032x}", "twin"),
    ]
    first = store.jobs.get("run-1")
    assert (first.metrics, first.parameters, first.tags) == ({"r2": 0.5}, {"alpha": "0.5"}, {"team": "blue"})
    assert (first.spec, first.runner, first.created_at) == (None, "mlflow", WHEN)
    assert names(store, filter="parameters.alpha < 1") == ["run-1"]
    assert store.jobs.known_runs() == ([f"{1:032x}"], WHEN)
    assert store.jobs.active(host="here") == []


def test_known_runs_are_brought_up_to_date(store):
    store.jobs.import_runs([run(1, state="Running", parameters={"old": "1"})])
    store.jobs.set_stage("run-1", LifecycleStage.ARCHIVED)
    later = WHEN + timedelta(hours=1)
    store.jobs.import_runs([run(1, name="renamed", ended_at=later, metrics={"r2": metric(1)}, parameters={"new": "1"})])
    changed = store.jobs.get("run-1")
    assert (changed.display_name, changed.state, changed.ended_at) == ("renamed", JobState.COMPLETED, later)
    assert (changed.metrics, changed.parameters, changed.archived) == ({"r2": 1.0}, {"new": "1"}, True)
    store.jobs.import_runs([run(1, name="renamed", ended_at=later)])
    assert events(store) == [
        ("job_created", "run-1", "Running"),
        ("job_archived", "run-1", "Running"),
        ("job_state_changed", "run-1", "Completed"),
    ]


def test_a_run_that_is_being_deleted_stays_so(store):
    store.jobs.import_runs([run(1, state="Running")])
    with pytest.raises(ConflictError, match="end it where it runs"):
        store.jobs.request_cancel("run-1")
    store.jobs.request_delete("run-1")
    store.jobs.import_runs([run(1)])
    assert store.jobs.requests(host="here") == [("delete", "run-1")]
    store.jobs.delete("run-1")
    assert names(store, archived=None) == []


def test_a_run_imported_before_its_job_has_it_belongs_to_the_job(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.import_runs([run(1)])
    store.jobs.set_run("one", f"{1:032x}")
    store.jobs.import_runs([run(1)])
    assert names(store) == ["one"]
    assert store.jobs.get("one").run_id == f"{1:032x}"


def test_a_thousand_runs(store):
    store.jobs.import_runs([run(number, metrics={"r2": metric(number)}) for number in range(1_200)])
    assert store.jobs.list(JobQuery(sort="metrics.r2")).items[0].name == "run-1199"
    assert store.jobs.list(JobQuery()).total == 1_200


def test_a_child_run_names_its_parent(store):
    store.jobs.insert(job("parent", state="Completed", run_id="a" * 32), host=None)
    child, other = run(1, tags={"mlflow.parentRunId": "a" * 32}), run(2, tags={"mlflow.parentRunId": "b" * 32})
    store.jobs.import_runs([child, other, run(3, tags={"mlflow.parentRunId": child.run_id})])
    found = {item.name: item.parent for item in store.jobs.list(JobQuery()).items}
    assert found == {"parent": None, "run-1": "parent", "run-2": None, "run-3": "run-1"}
