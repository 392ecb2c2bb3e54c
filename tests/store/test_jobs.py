# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs are stored as clients submit and change them, with an event for each change."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.experiments import ExperimentQuery, ExperimentUpdate
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.runs import Metric
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.warnings import MAX_WARNINGS, JobWarning
from jupyter_ml.store.attempts import AttemptProgress
from jupyter_ml.store.engine import Database
from tests.store.jobs import WHEN, events, job, metric, names

CHAIN = [JobState.RUNNING, JobState.FINALIZING, JobState.COMPLETED]


def finish(store, name):
    store.jobs.claim(host="here", compute="local", limit=100)
    for state in CHAIN:
        store.jobs.transition(name, state)


def test_a_job_comes_back_as_it_went_in(store):
    full = job(
        "full",
        display_name="Größe 🎲",
        description="what for",
        tags={"team": "blue", "": "x"} | {"k" * 250: "v" * 5_000},
        priority="high",
        user="me",
        retries=3,
        parameters={"alpha": 0.5, "n": 10**30, "nan": math.inf, "deep": {"a": [1, None, "\0"]}, "flag": True},
        snapshot="abc",
        run_id="r1",
        cause=Cause(kind=CauseKind.EXCEPTION, message="no", traceback=["a", "b"]),
    )
    stored = store.jobs.insert(full, host=None)
    assert stored == full.model_copy(update={"revision": stored.revision})
    assert store.jobs.get("full") == stored
    assert store.jobs.list(JobQuery()).items == [stored]
    command = job("command", type="command", spec=CommandJob(command="echo ${{inputs.x}}", inputs={"x": 1}))
    stored = store.jobs.insert(command, host="here")
    assert store.jobs.get("command") == stored == command.model_copy(update={"revision": stored.revision})


def test_what_no_database_keeps_is_replaced(store):
    odd = job("odd", display_name="a\0b\ud800c", tags={"t": "\0"}).model_copy(update={"parameters": {"p": "\0\ud800"}})
    assert store.jobs.insert(odd, host=None).display_name == "a\N{REPLACEMENT CHARACTER}b?c"
    assert store.jobs.get("odd").parameters == {"p": "\0\ud800"}


def test_a_specification_that_is_not_valid_any_more_hides_no_job(store, url):
    store.jobs.insert(job("older"), host=None)
    store.jobs.insert(job("newer"), host=None)
    tags = {f"tag{number}": "x" for number in range(300)}
    spec = json.dumps({"type": "notebook", "notebook": "a.ipynb", "tags": tags})
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("UPDATE job_details SET spec = :spec WHERE job_id = 1"), {"spec": spec})
    database.close()
    [newer, older] = store.jobs.list(JobQuery()).items
    assert (newer.spec is None, older.spec, newer.warnings) == (False, None, [])
    assert "tags" in older.warnings[0].message


def test_a_name_is_taken_once(store):
    store.jobs.insert(job("one"), host=None)
    with pytest.raises(ConflictError, match="'one'"):
        store.jobs.insert(job("one", experiment_name="other"), host=None)
    assert [each.name for each in store.experiments.list(ExperimentQuery()).items] == ["diabetes"]
    assert events(store) == [("job_created", "one", "Queued")]


def test_an_unknown_name_gets_a_suggestion(store):
    store.jobs.insert(job("brisk-otter"), host=None)
    with pytest.raises(NotFoundError, match="did you mean 'brisk-otter'"):
        store.jobs.get("brisk-oter")
    for operation in (store.jobs.request_cancel, store.jobs.request_delete, store.jobs.delete, store.jobs.attempts):
        with pytest.raises(NotFoundError):
            operation("brisk-oter")


def test_an_archived_experiment_returns_with_a_new_job(store):
    store.jobs.insert(job("one"), host=None)
    store.experiments.set_stage("diabetes", LifecycleStage.ARCHIVED)
    assert store.experiments.list(ExperimentQuery()).items == []
    store.jobs.insert(job("two"), host=None)
    assert [(each.name, each.jobs) for each in store.experiments.list(ExperimentQuery()).items] == [("diabetes", 2)]


def test_a_cancel_is_a_request(store):
    store.jobs.insert(job("one"), host=None)
    first = store.jobs.request_cancel("one").cancel_requested_at
    assert first is not None
    assert store.jobs.request_cancel("one").cancel_requested_at == first
    assert store.jobs.get("one").state == JobState.QUEUED
    assert store.jobs.requests(host="here") == [("cancel", "one")]
    store.jobs.transition("one", JobState.CANCELED)
    assert store.jobs.requests(host="here") == []
    with pytest.raises(ConflictError, match="Canceled"):
        store.jobs.request_cancel("one")


def test_requests_go_to_the_host_that_can_carry_them_out(store):
    for host in (None, "here", "there"):
        store.jobs.insert(job(f"cancel-{host}"), host=host)
        store.jobs.request_cancel(f"cancel-{host}")
        store.jobs.insert(job(f"delete-{host}", state="Completed"), host=host)
        store.jobs.request_delete(f"delete-{host}")
    assert [name for _, name in store.jobs.requests(host="here")] == [
        "cancel-None",
        "cancel-here",
        "delete-None",
        "delete-here",
    ]
    assert len(store.jobs.requests(host=None)) == 6


def test_a_delete_is_a_request_too(store):
    store.jobs.insert(job("one"), host=None)
    with pytest.raises(ConflictError, match="cancel it first"):
        store.jobs.request_delete("one")
    finish(store, "one")
    store.jobs.set_metrics("one", {"r2": metric(0.5)})
    requested = store.jobs.request_delete("one")
    assert store.jobs.list(JobQuery()).items == [requested], "until it is gone it is seen, with what becomes of it"
    assert store.jobs.list(JobQuery(sort="metrics.r2")).items == [requested]
    assert store.jobs.counts() == {JobState.COMPLETED: 1}
    assert store.experiments.get("diabetes").jobs == 1
    assert store.jobs.requests(host="here") == [("delete", "one")]
    with pytest.raises(ConflictError):
        store.jobs.insert(job("one"), host=None)
    with pytest.raises(ConflictError, match="being deleted"):
        store.jobs.set_stage("one", LifecycleStage.ACTIVE)
    store.jobs.delete("one")
    with pytest.raises(NotFoundError):
        store.jobs.get("one")
    with store._database.read() as connection:
        for table in ("job_details", "job_params", "job_metrics", "job_tags", "attempts"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
    store.jobs.insert(job("one"), host=None)
    assert [event[0] for event in events(store)][-2:] == ["job_deleted", "job_created"]


def test_archiving(store):
    store.jobs.insert(job("one"), host=None)
    assert store.jobs.set_stage("one", LifecycleStage.ARCHIVED).archived
    assert names(store) == []
    assert names(store, archived=True) == names(store, archived=None) == ["one"]
    assert store.jobs.counts() == {}
    store.jobs.set_stage("one", LifecycleStage.ARCHIVED)
    assert not store.jobs.set_stage("one", LifecycleStage.ACTIVE).archived
    assert [event[0] for event in events(store)] == ["job_created", "job_archived", "job_restored"]


def test_metrics_keep_their_last_value(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.set_metrics("one", {"a": metric(1.0), "b": metric(math.nan)})
    store.jobs.set_metrics("one", {"a": metric(2.0, 1), "c": metric(-math.inf)})
    store.jobs.set_metrics("one", {})
    metrics = store.jobs.get("one").metrics
    assert metrics.keys() == {"a", "b", "c"}
    assert (metrics["a"], metrics["c"]) == (2.0, -math.inf)
    assert math.isnan(metrics["b"])


def test_counts(store):
    for number in range(5):
        store.jobs.insert(job(f"job-{number}", state="Queued" if number % 2 else "Completed"), host=None)
    assert store.jobs.counts() == {JobState.QUEUED: 2, JobState.COMPLETED: 3}


def test_a_job_of_papermill_has_an_attempt_at_once(store):
    started = WHEN + timedelta(seconds=1)
    made = store.jobs.insert(job("one", state="Running", runner="papermill", started_at=started), host="here")
    assert (made.attempt, made.started_at) == (1, started)
    store.jobs.store_progress([AttemptProgress(name="one", attempt=1, offset=7, progress=Progress(), usage=None)])
    assert store.jobs.offset("one") == 7
    assert [(each.number, each.started_at, each.state) for each in store.jobs.attempts("one")] == [
        (1, started, JobState.RUNNING)
    ]
    assert [each.name for each in store.jobs.active(host="here")] == ["one"]
    assert store.jobs.active(host="there") == []


@pytest.mark.integration
def test_a_fork_uses_connections_of_its_own(url):
    code = """
import os, sys
from jupyter_ml.store import Store
store = Store.open(sys.argv[1])
store.events.append("before", "job", "a")
child = os.fork()
if not child:
    for _ in range(20):
        store.events.append("child", "job", "a")
    os._exit(0)
for _ in range(20):
    store.events.append("parent", "job", "a")
assert os.waitpid(child, 0)[1] == 0
print(store.events.last())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, url], capture_output=True, text=True, check=False, env=os.environ
    )
    assert (done.stdout, done.stderr) == ("41\n", "")


def test_warnings_add_up_within_an_attempt_and_have_one_event(store):
    store.jobs.insert(job("warned", retries=1, state=JobState.QUEUED), host=None)
    store.jobs.claim(host="here", compute="local", limit=1)
    first, second = JobWarning(message="x" * 3_000), JobWarning(message="a link was left out", hint="copy it", cell=2)
    store.jobs.add_warnings("warned", [first])
    assert store.jobs.add_warnings("warned", [first, second]).warnings == [first, second]
    store.jobs.add_warnings("warned", [second])
    found = store.jobs.get("warned").warnings
    assert (found, len(found[0].message)) == ([first, second], 2_000)
    assert [event for event, *_ in events(store)].count("job_warned") == 2

    store.jobs.add_warnings("warned", [JobWarning(message=str(number)) for number in range(100)])
    assert len(store.jobs.get("warned").warnings) == MAX_WARNINGS
    for state in (JobState.FINALIZING, JobState.QUEUED):
        store.jobs.transition("warned", state)
    [again] = store.jobs.claim(host="here", compute="local", limit=1)
    assert again.warnings == []


def test_a_job_is_compared_by_the_metric_of_its_tag_its_experiment_or_its_end(store):
    later = WHEN + timedelta(seconds=1)
    metrics = {"mae": Metric(value=1, step=0, time=WHEN), "r2": Metric(value=0.5, step=0, time=later)}
    store.jobs.insert(job("tagged", tags={"primary_metric": "mae"}), host=None)
    store.jobs.insert(job("other", tags={"primary_metric": "missing"}), host=None)
    store.jobs.insert(job("empty"), host=None)
    for name in ("tagged", "other"):
        store.jobs.set_metrics(name, metrics)
    assert [store.jobs.get(name).primary_metric for name in ("tagged", "other", "empty")] == ["mae", "r2", None]
    store.experiments.update("diabetes", ExperimentUpdate(primary_metric="mae"))
    assert store.jobs.get("other").primary_metric == "mae"
