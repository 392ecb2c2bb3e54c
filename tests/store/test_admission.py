# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs wait for what they need of their compute: from what they state, or from what jobs like them have used."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_ml.schemas.admission import Capacity
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.event_log import Usage
from jupyter_ml.schemas.formatting import queue_text
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.queue import Shortage
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store.attempts import AttemptProgress
from tests.store.jobs import claim, job

GB = 1_000_000_000


def notebook(store, name, path="/a.ipynb", **resources):
    return store.jobs.insert(job(name, spec=NotebookJob(notebook=path, resources=resources)), host="here")


def measured(store, name, peak, memory=None):
    usage = Usage(cpu_percent=0, memory_bytes=peak if memory is None else memory, peak_memory_bytes=peak)
    store.jobs.store_progress([AttemptProgress(name=name, attempt=1, offset=0, progress=Progress(), usage=usage)])


def finish(store, name, peak=None, seconds=60):
    """Run a job that takes so long, and uses so much memory at most."""
    assert claim(store) == [name]
    if peak is not None:
        measured(store, name, peak, memory=0)
    for state in ("Running", "Finalizing", "Completed"):
        store.jobs.transition(name, JobState(state), time=now() + timedelta(seconds=seconds))


def test_a_job_waits_for_the_memory_that_the_last_jobs_like_it_have_used(store):
    for number, peak in enumerate((9 * GB, *[2 * GB] * 4, 1 * GB)):  # the oldest one does not count
        notebook(store, f"past-{number}")
        finish(store, f"past-{number}", peak)
    capacity = Capacity(slots=4, memory_bytes=5 * GB)
    for name in ("a", "b", "c"):
        notebook(store, name)
    assert claim(store, limit=4, capacity=capacity) == ["a", "b"]
    position = store.jobs.queue_position("c")
    assert position.waits_for == Shortage(resource="memory", needed=int(2.2 * GB), free=int(0.6 * GB))
    assert "waits for memory: it needs about 2.2 GB, 0.6 GB are free" in queue_text(position, "local")
    before = store.version()
    assert claim(store, limit=2, capacity=capacity) == []
    assert store.version() == before, "that it waits is not stored again"
    measured(store, "a", 2 * GB, memory=3 * GB)
    assert claim(store, limit=2, capacity=capacity) == [], "a uses more than expected"
    assert store.jobs.queue_position("c").waits_for.free == 0
    for state in ("Running", "Finalizing", "Completed"):
        store.jobs.transition("a", JobState(state))
    assert claim(store, limit=2, capacity=capacity) == ["c"]
    assert claim(store, limit=2) == []


def test_memory_counts_as_the_job_states_it_and_one_that_is_not_known_as_the_share_of_a_slot(store):
    notebook(store, "known", memory="3GB")
    notebook(store, "unknown", "/b.ipynb")
    capacity = Capacity(slots=2, memory_bytes=5 * GB)
    assert claim(store, limit=2, capacity=capacity) == ["known"]
    assert store.jobs.queue_position("unknown").waits_for.needed == 2.5 * GB
    assert claim(store, limit=1, capacity=Capacity(slots=2)) == ["unknown"], "where memory does not count"


def test_jobs_that_were_too_short_to_measure_need_little(store):
    notebook(store, "short")
    finish(store, "short", seconds=1)
    notebook(store, "known", "/b.ipynb", memory="5GB")
    for name in ("x", "y"):
        notebook(store, name)
    capacity = Capacity(slots=4, memory_bytes=int(5.4 * GB))
    assert claim(store, limit=3, capacity=capacity) == ["known", "x", "y"]


def test_each_gpu_is_given_to_one_job(store):
    capacity = Capacity(slots=9, gpus=("GPU-1", "GPU-2", "GPU-3"))
    for name, gpus in (("a", 1), ("b", None), ("c", 2), ("d", 1), ("e", 0)):
        notebook(store, name, gpus=gpus)
    assert claim(store, limit=9, capacity=capacity) == ["a", "b", "c", "e"]
    assert [store.jobs.get(name).gpus for name in "abcde"] == [["GPU-1"], [], ["GPU-2", "GPU-3"], [], []]
    position = store.jobs.queue_position("d")
    assert "waits for GPUs: it needs 1, 0 are free" in queue_text(position, "local")
    for state in ("Running", "Finalizing", "Failed"):
        store.jobs.transition("a", JobState(state))
    assert claim(store, limit=9, capacity=capacity) == ["d"]
    assert store.jobs.get("d").gpus == ["GPU-1"]
    assert store.jobs.get("a").gpus == ["GPU-1"], "where it ran"


@pytest.mark.parametrize("state", ["Preparing", "CancelRequested"])
def test_a_job_has_its_gpus_until_it_has_ended(store, state):
    capacity = Capacity(slots=9, gpus=("GPU-1",))
    notebook(store, "a", gpus=1)
    notebook(store, "b", gpus=1)
    assert claim(store, limit=9, capacity=capacity) == ["a"]
    store.jobs.transition("a", JobState(state))
    assert claim(store, limit=9, capacity=capacity) == []
