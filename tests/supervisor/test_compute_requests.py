# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor brings computes to the state that is requested of them, also after it was killed in the middle."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from jupyter_ml.errors import NotFoundError, UnavailableError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.compute_states import ComputeState, ComputeUsage
from jupyter_ml.services.computes import usage_series
from jupyter_ml.supervisor.controllers.computes import OBSERVE_S
from jupyter_ml.supervisor.runtime import Runtime
from tests.computes import Supervisor
from tests.store.jobs import job


@pytest.fixture
def supervisor(workspace, boxes):
    made = Supervisor(workspace)
    yield made
    made.close()


@pytest.fixture
def box(supervisor):
    supervisor.workspace.computes.create({"name": "b", "type": "box", "settings": {"idle_minutes": 30}})
    return supervisor


def test_a_compute_is_created_stopped_started_and_deleted(box, boxes):
    assert box.reconcile() is None
    assert box.get().state is ComputeState.RUNNING
    box.workspace.computes.stop("b")
    box.reconcile()
    assert box.get().state is ComputeState.STOPPED
    box.workspace.computes.start("b")
    box.reconcile()
    assert (box.get().state, box.get().request) == (ComputeState.RUNNING, None)
    usage = usage_series(box.workspace._context, "b")
    usage.add(1e9, ComputeUsage(cpu_count=1, cpu_percent=1, memory_bytes=1, memory_total_bytes=2), jobs=0, kernels=0)
    box.workspace.computes.delete("b")
    box.reconcile()
    with pytest.raises(NotFoundError):
        box.get()
    assert usage.read(0, until=2e9, max_points=1) == [], "another compute of this name does not have it"
    assert boxes.done == ["create", "start", "stop", "create", "start", "delete"]
    assert box.reconcile() is None, "a late key"


def test_a_request_outlives_a_supervisor_that_is_killed_while_it_is_carried_out(box, boxes):
    boxes.errors.append(KeyboardInterrupt("killed"))
    with pytest.raises(KeyboardInterrupt):
        box.reconcile()
    assert box.get().state is ComputeState.CREATING
    following = Supervisor(box.workspace)
    assert "b" in asyncio.run(following.controller.existing())
    following.reconcile()
    following.close()
    assert box.get().state is ComputeState.RUNNING


def test_a_failure_is_shown_and_tried_again(box, boxes):
    boxes.errors.append(UnavailableError("the image cannot be pulled"))
    box.reconcile()
    failed = box.get()
    assert (failed.state, failed.message) == (ComputeState.FAILED, "the image cannot be pulled")
    assert (failed.request.attempts, failed.request.retry_at is not None) == (1, True)
    assert not box.controller.pending({"b"})
    assert box.controller.pending(set())
    box.reconcile()
    assert (box.get().state, box.get().message) == (ComputeState.RUNNING, None)


def test_a_failed_request_waits_for_its_time(box, boxes):
    """The event of its failure does not queue it again."""

    async def run():
        runtime = Runtime([box.controller])
        for error in (UnavailableError("gone"), UnavailableError("gone")):
            boxes.errors.append(error)
            await box._reconcile("b")
        for event in box.workspace._context.store.events.since(0)[-2:]:
            runtime.handle(event)
        return "b" in runtime.queues[box.controller]

    assert not asyncio.run(run())


def test_what_happens_to_a_compute_is_seen(box, boxes):
    box.reconcile()
    assert box.reconcile() == OBSERVE_S
    del boxes.states["b"]
    start = "start it by: jupyter ml compute start b"
    box.reconcile()
    assert (box.get().state, box.get().message) == (ComputeState.FAILED, f"the box was removed; {start}")
    boxes.errors.append(UnavailableError("the engine is gone"))
    box.reconcile()
    assert box.get().message == "the engine is gone"
    boxes.states["b"] = ComputeState.STOPPED
    for _ in range(2):
        box.reconcile()
        assert (box.get().state, box.get().message) == (ComputeState.FAILED, f"it has ended by itself; {start}")
    box.workspace.computes.start("b")
    box.reconcile()
    assert box.get().state is ComputeState.RUNNING
    boxes.states["b"] = ComputeState.STOPPED
    box.reconcile()
    assert box.get().state is ComputeState.FAILED
    box.workspace.computes.stop("b")
    box.reconcile()
    boxes.errors.append(UnavailableError("the engine is gone"))
    for _ in range(2):
        box.reconcile()
        assert (box.get().state, box.get().message) == (ComputeState.STOPPED, None)


def test_an_idle_compute_is_stopped_after_its_time(box, boxes):
    box.reconcile()
    assert box.controller.pending(set()), "the supervisor stays to stop it"
    box.later = timedelta(minutes=29)
    assert 0 < box.reconcile() <= OBSERVE_S
    assert box.get().state is ComputeState.RUNNING
    box.later = timedelta(minutes=31)
    box.reconcile()
    box.reconcile()
    assert (box.get().state, box.get().message) == (ComputeState.STOPPED, "stopped after 30 minutes without work")
    assert not box.controller.pending(set())


def test_a_compute_with_a_job_or_a_kernel_is_not_idle(box, boxes):
    box.reconcile()
    box.workspace._context.store.jobs.insert(job("a", state="Running", compute="b"), host=None)
    box.later = timedelta(hours=2)
    box.reconcile()
    assert box.get().state is ComputeState.RUNNING
    box.workspace._context.store.jobs.insert(
        job("c", state="Completed", compute="b", ended_at=now() + timedelta(hours=2)), host=None
    )
    box.workspace._context.store.jobs.transition("a", "CancelRequested")
    box.workspace._context.store.jobs.transition("a", "Canceled")
    boxes.others = 1
    box.later = timedelta(hours=4)
    box.reconcile()
    assert box.get().state is ComputeState.RUNNING, "a kernel runs"
    boxes.others = 0
    box.later = timedelta(hours=4, minutes=29)
    box.reconcile()
    assert box.get().state is ComputeState.RUNNING, "since the kernel has ended"
    box.later = timedelta(hours=4, minutes=31)
    box.reconcile()
    assert box.get().state is ComputeState.STOPPING
