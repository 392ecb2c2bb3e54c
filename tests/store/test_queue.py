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
from sqlalchemy import select, text

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.event_log import Usage
from jupyter_ml.schemas.job_changes import JobUpdate
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.specs import Priority
from jupyter_ml.schemas.states import FINAL, JobState, can_become
from jupyter_ml.store.attempts import AttemptProgress
from jupyter_ml.store.queue_order import QUEUE_ORDER
from jupyter_ml.store.tables import jobs
from tests.store.jobs import WHEN, claim, job

CAUSE = Cause(kind=CauseKind.EXCEPTION, message="it raised", exception="ValueError")


def advanced(name, offset, *, attempt=1, progress=None, usage=None):
    return AttemptProgress(name=name, attempt=attempt, offset=offset, progress=progress or Progress(), usage=usage)


def test_the_most_urgent_goes_first_then_the_first_come(store):
    for name, priority in [("a", "low"), ("b", "medium"), ("c", "high"), ("d", "medium"), ("e", "high")]:
        store.jobs.insert(job(name, priority=priority), host=None)
    assert claim(store, limit=2) == ["c", "e"]
    assert claim(store, limit=10) == ["b", "d", "a"]
    assert claim(store, limit=10) == []


def test_a_job_that_waits_a_day_counts_as_one_of_the_next_higher_priority(store):
    hours = {"low": 0, "soon": 23, "late": 26, "urgent": 46, "too-late": 49}
    priorities = {"low": "low", "soon": "medium", "late": "medium", "urgent": "high", "too-late": "high"}
    for name, priority in priorities.items():
        created_at = WHEN + timedelta(hours=hours[name])
        store.jobs.insert(job(name, priority=priority, created_at=created_at), host="here")
    order = ["urgent", "soon", "low", "too-late", "late"]
    assert [store.jobs.queue_position(name).position for name in order] == [1, 2, 3, 4, 5]
    assert claim(store, limit=5) == order


def test_the_priority_of_a_queued_job_changes_its_place(store):
    for name in ("a", "b", "c"):
        store.jobs.insert(job(name), host="here")
    changed = store.jobs.update("c", JobUpdate(priority="high"))
    assert (changed.priority, changed.run_id, store.jobs.run_changes("c")) == ("high", None, None)
    assert claim(store, limit=2) == ["c", "a"]
    store.jobs.update("b", JobUpdate(priority="low"))
    with pytest.raises(ConflictError, match="job 'a' is Preparing: only a queued job has a priority"):
        store.jobs.update("a", JobUpdate(priority="low"))
    assert store.jobs.update("a", JobUpdate(priority="medium", starred=True)).starred, "it has that priority"


def test_the_order_of_the_queue_is_read_from_an_index(store):
    """A compute may have 100,000 jobs that wait."""
    sqlite = store._database.file is not None
    plan = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    with store._database.read() as connection:
        if not sqlite:
            connection.execute(text("SET enable_seqscan = off"))
            connection.execute(text("SET enable_sort = off"))
        query = select(jobs.c.id).where(jobs.c.state == "Queued", jobs.c.compute == "local").order_by(*QUEUE_ORDER)
        statement = query.limit(1).compile(connection, compile_kwargs={"literal_binds": True})
        lines = str(connection.execute(text(f"{plan} {statement}")).all())
    assert "ix_jobs_queue" in lines
    assert "SORT" not in lines.upper()


def test_only_what_may_run_here_is_claimed(store):
    store.jobs.insert(job("elsewhere", compute="gpu"), host=None)
    store.jobs.insert(job("there"), host="there")
    store.jobs.insert(job("canceled"), host=None)
    store.jobs.request_cancel("canceled")
    store.jobs.insert(job("running", state="Running"), host=None)
    store.jobs.insert(job("here"), host="here")
    assert claim(store, limit=10) == ["here"]


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


def test_a_claim_that_is_taken_back_leaves_nothing(store):
    store.jobs.insert(job("a"), host=None)
    store.jobs.claim(host="here", compute="local", limit=1)
    store.jobs.transition("a", JobState.QUEUED, cause=CAUSE)
    [second] = store.jobs.claim(host="here", compute="local", limit=1)
    store.jobs.release("a", CAUSE)
    released = store.jobs.get("a")
    assert (released.state, released.attempt, released.cause) == (JobState.QUEUED, 1, CAUSE)
    assert released.started_at == second.started_at, "when its first attempt started"
    assert [each.number for each in store.jobs.attempts("a")] == [1]
    assert claim(store, limit=1) == ["a"]
    assert store.jobs.get("a").attempt == 2
    store.jobs.insert(job("b"), host=None)
    assert claim(store, limit=1) == ["b"]
    store.jobs.release("b", CAUSE)
    never = store.jobs.get("b")
    assert (never.attempt, never.started_at, store.jobs.attempts("b")) == (0, None, [])


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
