# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where a job is in the queue, and when it is expected to start."""

from __future__ import annotations

import itertools
from datetime import timedelta

from sqlalchemy import text

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store.attempts import AttemptProgress
from tests.store.jobs import claim, job


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
    queue = store.jobs.compute_queue("local")
    assert (queue.queued, queue.running) == (1, 3)
    assert (queue.estimates, queue.right_estimates) == (2, 1)
    assert store.jobs.compute_queue("gpu").estimates == 0

    for name, state in itertools.product(("next", "running"), ("Running", "Finalizing", "Failed")):
        store.jobs.transition(name, JobState(state))
    found = store.jobs.queue_position("more")
    assert (found.starts_at, found.without_history, found.overdue) == (None, "last", None)
