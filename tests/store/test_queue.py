# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Who runs next, and what became of those that ran: in order, once, and as the table of states allows."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.event_log import Usage
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.specs import NotebookJob, Priority
from jupyter_ml.schemas.states import FINAL, JobState, can_become
from jupyter_ml.store.attempts import AttemptProgress
from tests.store.jobs import job

CAUSE = Cause(kind=CauseKind.EXCEPTION, message="it raised", exception="ValueError")


def advanced(name, offset, *, attempt=1, progress=None, usage=None):
    return AttemptProgress(name=name, attempt=attempt, offset=offset, progress=progress or Progress(), usage=usage)


def claim(store, limit=1, **values):
    return [each.name for each in store.jobs.claim(**({"host": "here", "compute": "local"} | values), limit=limit)]


def test_the_most_urgent_goes_first_then_the_first_come(store):
    for name, priority in [("a", "low"), ("b", "medium"), ("c", "high"), ("d", "medium"), ("e", "high")]:
        store.jobs.insert(job(name, priority=priority), host=None)
    assert claim(store, limit=2) == ["c", "e"]
    assert claim(store, limit=10) == ["b", "d", "a"]
    assert claim(store, limit=10) == []


def test_only_what_may_run_here_is_claimed(store):
    store.jobs.insert(job("elsewhere", compute="gpu"), host=None)
    store.jobs.insert(job("there"), host="there")
    store.jobs.insert(job("canceled"), host=None)
    store.jobs.request_cancel("canceled")
    store.jobs.insert(job("running", state="Running"), host=None)
    store.jobs.insert(job("here"), host="here")
    assert claim(store, limit=10) == ["here"]


def test_a_job_has_its_position_among_those_of_its_compute_by_priority(store):
    def position(name):
        found = store.jobs.queue_position(name)
        return found.position, found.running, found.starts_at

    for name, values in {
        "low": {"priority": "low"},
        "first": {},
        "elsewhere": {"compute": "gpu"},
        "canceled": {},
        "second": {},
        "urgent": {"priority": "high"},
    }.items():
        store.jobs.insert(job(name, **values), host="here")
    store.jobs.insert(job("there"), host="there")
    store.jobs.request_cancel("canceled")
    assert [position(name) for name in ("urgent", "first", "second", "low", "elsewhere", "there")] == [
        (1, 0, None),
        (2, 0, None),
        (3, 0, None),
        (4, 0, None),
        (1, 0, None),
        (1, 0, None),
    ]

    assert claim(store, limit=2) == ["urgent", "first"]
    assert position("second") == (1, 2, None), "the end of a running job is not known"
    ends = {"urgent": now() + timedelta(minutes=5), "first": now() + timedelta(minutes=2)}
    store.jobs.store_progress(
        [AttemptProgress(name=name, attempt=1, offset=0, progress=Progress(), eta_at=end) for name, end in ends.items()]
    )
    assert_near(position("second")[2], ends["first"])
    assert_near(position("low")[2], ends["urgent"])
    store.jobs.insert(job("mine", state="Running", runner="papermill"), host="here")
    assert position("second")[1] == 2, "papermill takes no slot"
    assert position("urgent") == (None, 0, None)


def assert_near(moment, expected):
    assert abs((moment - expected).total_seconds()) < 60


def test_a_start_is_estimated_from_similar_jobs_of_the_same_compute(store):
    time = now()

    def notebook(name, path, minutes=None, **values):
        if minutes is not None:
            values |= {"state": JobState.COMPLETED, "started_at": time, "ended_at": time + timedelta(minutes=minutes)}
        spec = NotebookJob(notebook=path)
        return store.jobs.insert(job(name, spec=spec, created_at=time, **values), host=None)

    for minutes in (10, 20, 30):
        notebook(f"a{minutes}", "/a.ipynb", minutes)
    notebook("elsewhere", "/a.ipynb", 90, compute="gpu")
    notebook("running", "/a.ipynb")
    assert claim(store) == ["running"]
    notebook("next", "/a.ipynb")
    notebook("last", "/b.ipynb")
    found = store.jobs.queue_position("last")
    assert (found.position, found.after) == (2, ("running", "next"))
    for moment, minutes in ((found.earliest_at, 30), (found.starts_at, 40), (found.latest_at, 50)):
        assert_near(moment, time + timedelta(minutes=minutes))

    assert (found.right_estimates, found.estimates) == (0, 0), "none has started"
    assert claim(store, limit=2) == ["next", "last"]  # after 0 instead of 10 to 20 minutes, and 30 to 50
    notebook("more", "/a.ipynb")
    found = store.jobs.queue_position("more")
    assert (found.right_estimates, found.estimates) == (0, 2)
    with store._database.write() as connection:
        connection.execute(text("UPDATE jobs SET started_at = started_at + 2400000000 WHERE name = 'last'"))
    assert store.jobs.queue_position("more").right_estimates == 1
    assert found.without_history is None, "there is a free slot before that of b"

    for name, state in itertools.product(("next", "running"), ("Running", "Finalizing", "Failed")):
        store.jobs.transition(name, JobState(state))
    found = store.jobs.queue_position("more")
    assert (found.starts_at, found.without_history, found.overdue) == (None, "last", None)


def test_an_empty_queue_is_seen_while_another_process_writes(store):
    store.jobs.insert(job("running", state="Running"), host=None)
    with store._database.write():
        assert claim(store) == []


def test_a_claim_begins_an_attempt(store):
    store.jobs.insert(job("one", retries=1), host=None)
    (claimed,) = store.jobs.claim(host="here", compute="local", limit=1)
    assert (claimed.state, claimed.attempt) == (JobState.PREPARING, 1)
    assert claimed.started_at is not None
    event = store.events.since(0)[-1]
    assert (event.type, event.kind, event.name) == ("job_state_changed", "job", "one")
    expected = {"state": "Preparing", "attempt": 1, "type": "notebook", "experiment_name": "diabetes"}
    assert event.data == {**expected, "archived": False, "request": None}
    assert store.jobs.offset("one") == 0
    assert store.jobs.process("one") is None


def test_a_retry_is_a_new_attempt_and_keeps_the_earlier_one(store):
    store.jobs.insert(job("one", retries=1), host=None)
    (first,) = store.jobs.claim(host="here", compute="local", limit=1)
    store.jobs.set_process("one", {"pid": 1})
    store.jobs.transition("one", JobState.RUNNING)
    usage = Usage(cpu_percent=1, memory_bytes=2)
    store.jobs.store_progress([advanced("one", 10, progress=Progress(cells_done=1, cells_total=2), usage=usage)])
    assert store.jobs.get("one").progress.cells_done == 1
    assert store.jobs.get("one").usage == Usage(cpu_percent=1, memory_bytes=2)
    store.jobs.transition("one", JobState.FINALIZING)
    waiting = store.jobs.transition("one", JobState.QUEUED, cause=CAUSE)
    assert (waiting.cause, waiting.attempt, waiting.ended_at, waiting.usage) == (CAUSE, 1, None, None)
    (again,) = store.jobs.claim(host="here", compute="local", limit=1)
    assert (again.attempt, again.cause, again.progress, again.started_at) == (2, None, Progress(), first.started_at)
    store.jobs.store_progress([advanced("one", 99)])  # of the first attempt, stored too late
    assert (store.jobs.offset("one"), store.jobs.process("one")) == (0, None)
    one, two = store.jobs.attempts("one")
    assert (one.number, one.state, one.cause) == (1, JobState.FAILED, CAUSE)
    assert one.ended_at is not None
    assert (two.number, two.state, two.cause, two.ended_at) == (2, JobState.PREPARING, None, None)


def test_how_far_several_attempts_are_is_stored_at_once(store):
    store.jobs.insert(job("one"), host=None)
    store.jobs.insert(job("two"), host=None)
    assert store.jobs.offset("one") == 0
    claim(store, limit=2)
    usage = Usage(cpu_percent=50, memory_bytes=1)
    store.jobs.store_progress([advanced("one", 5), advanced("deleted", 5), advanced("two", 7)])
    store.jobs.store_progress([advanced("one", 9, progress=Progress(cells_done=1), usage=usage)])
    found = store.jobs.get("one")
    assert (store.jobs.offset("one"), found.progress.cells_done, found.usage) == (9, 1, usage)
    assert store.jobs.offset("two") == 7
    store.jobs.set_process("one", {"pid": 7})
    assert store.jobs.process("one") == {"pid": 7}


def test_times_and_cause_of_an_end(store):
    store.jobs.insert(job("one"), host=None)
    claim(store)
    end = now() + timedelta(days=1)
    ended = store.jobs.transition("one", JobState.FAILED, cause=CAUSE, time=end)
    assert (ended.state, ended.ended_at, ended.cause) == (JobState.FAILED, end, CAUSE)
    (attempt,) = store.jobs.attempts("one")
    assert (attempt.state, attempt.ended_at, attempt.cause) == (JobState.FAILED, end, CAUSE)
    assert store.jobs.active(host="here") == []


def test_a_cancel_between_attempts_leaves_the_last_one_alone(store):
    store.jobs.insert(job("one", retries=1), host=None)
    claim(store)
    store.jobs.transition("one", JobState.QUEUED, cause=CAUSE)
    store.jobs.transition("one", JobState.CANCELED, cause=Cause(kind=CauseKind.CANCELED, message="asked for"))
    (attempt,) = store.jobs.attempts("one")
    assert (attempt.state, attempt.cause) == (JobState.FAILED, CAUSE)
    assert store.jobs.get("one").cause.kind == CauseKind.CANCELED


def test_the_same_state_again_is_nothing(store):
    store.jobs.insert(job("one"), host=None)
    before = store.events.last()
    assert store.jobs.transition("one", JobState.QUEUED, cause=CAUSE).cause is None
    assert store.events.last() == before


_number = itertools.count()


@settings(max_examples=40)
@given(wanted=st.lists(st.sampled_from(JobState), max_size=12))
def test_a_job_goes_only_the_ways_of_the_table(store, wanted):
    name = f"job-{next(_number)}"
    store.jobs.insert(job(name), host=None)
    state, starts, before = JobState.QUEUED, 0, store.events.last()
    changes = []
    for following in wanted:
        if state == JobState.QUEUED and following == JobState.PREPARING:
            assert name in claim(store, limit=1_000)
            starts += 1
        elif following == state:
            store.jobs.transition(name, following)
            continue
        elif not can_become(state, following):
            with pytest.raises(ConflictError, match=f"{state} and cannot become {following}"):
                store.jobs.transition(name, following)
            continue
        else:
            store.jobs.transition(name, following)
        state = following
        changes.append(str(state))
    found = store.jobs.get(name)
    assert (found.state, found.attempt) == (state, starts)
    assert (found.ended_at is not None) == (state in FINAL)
    attempts = store.jobs.attempts(name)
    assert [each.number for each in attempts] == list(range(1, starts + 1))
    assert all(each.ended_at for each in attempts[:-1])
    if attempts and state != JobState.QUEUED and changes[-2:] != ["Queued", str(state)]:
        assert attempts[-1].state == state
    assert [e.data["state"] for e in store.events.since(before) if e.name == name] == changes


_CLAIMER = """
import json, sys, threading
from jupyter_ml.store import Store
store = Store.open(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
claimed = []
def claim(mine):
    while jobs := store.jobs.claim(host=sys.argv[2], compute="local", limit=2):
        mine.extend(job.name for job in jobs)
for _ in range(2):
    claimed.append([])
threads = [threading.Thread(target=claim, args=[mine]) for mine in claimed]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(claimed))
"""


@pytest.mark.integration
def test_many_claimers_get_each_job_once_and_in_order(store, url):
    order = {}
    for number, priority in zip(range(200), itertools.cycle(Priority), strict=False):
        name = f"job-{number:03}"
        store.jobs.insert(job(name, priority=priority), host=None)
        order[name] = (-list(Priority).index(priority), number)
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", _CLAIMER, url, f"host-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for claimer in claimers:
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        claimer.stdin.write("\n")
        claimer.stdin.flush()
    taken = [mine for claimer in claimers for mine in json.loads(claimer.communicate()[0])]
    assert Counter(itertools.chain(*taken)) == Counter(dict.fromkeys(order, 1))
    for mine in taken:
        assert mine == sorted(mine, key=order.__getitem__)
    preparing = [event.name for event in store.events.since(0) if event.data.get("state") == "Preparing"]
    assert preparing == sorted(order, key=order.__getitem__)
