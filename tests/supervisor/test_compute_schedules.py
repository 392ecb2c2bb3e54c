# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor starts and stops computes by their schedules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from jupyter_ml.schemas import base
from jupyter_ml.schemas.compute_states import ComputeAction, ComputeState
from tests.computes import Supervisor
from tests.store.jobs import job

RUNNING, STOPPED = ComputeState.RUNNING, ComputeState.STOPPED


def daily(hour: int, action: str, **keys) -> dict:
    return {"action": action, "trigger": {"type": "cron", "expression": f"0 {hour} * * *"}, **keys}


class Clocked(Supervisor):
    """It is the time of day of `at`, for clients as well."""

    def __init__(self, workspace, monkeypatch) -> None:
        super().__init__(workspace)
        monkeypatch.setattr(base, "time", SimpleNamespace(time=self.timestamp))
        self.at(9)

    def timestamp(self) -> float:
        return self.moment.timestamp()

    def at(self, hour: int, minute: int = 0, day: int = 1) -> None:
        self.moment = datetime(2026, 11, day, hour, minute, tzinfo=UTC)

    def settle(self) -> tuple[ComputeState, str | None]:
        """Let the controller work until nothing is requested."""
        self.reconcile()
        while self.get().request is not None:
            self.reconcile()
        return self.get().state, self.get().message


@pytest.fixture
def box(workspace, boxes, monkeypatch):
    """A compute that runs from 8 to 18, created at 9."""
    made = Clocked(workspace, monkeypatch)
    schedules = {"compute_start_stop": [daily(8, "start"), daily(18, "stop")]}
    workspace.computes.create({"name": "b", "type": "box", "settings": {"schedules": schedules}})
    made.settle()
    yield made
    made.close()


def test_it_is_started_and_stopped_in_time(box, boxes):
    assert box.settle() == (RUNNING, None), "what was before its creation does not count"
    box.at(17, 59)
    assert box.settle()[0] is RUNNING
    box.moment += timedelta(seconds=58)
    assert box.reconcile() == 2.0, "looks again when it is due"
    box.at(18)
    assert box.settle() == (STOPPED, "stopped by its schedule")
    assert box.reconcile() == 14 * 3_600
    assert box.controller.pending(set()), "the supervisor stays to start it"
    box.at(8, day=2)
    assert box.settle() == (RUNNING, "started by its schedule")
    box.at(9, day=2)
    assert box.settle()[0] is RUNNING
    assert boxes.done == ["create", "start", "stop", "create", "start"]


def test_what_a_user_requests_afterwards_stays(box):
    box.at(18, 5)
    box.settle()
    box.at(18, 30)
    box.workspace.computes.start("b")
    assert box.settle()[0] is RUNNING
    box.at(23)
    assert box.settle()[0] is RUNNING
    box.at(18, day=2)
    assert box.settle()[0] is STOPPED


def test_a_start_of_what_runs_and_a_stop_of_what_is_stopped_do_nothing(box, boxes):
    box.workspace.computes.stop("b")
    box.settle()
    box.at(18)
    assert box.settle() == (STOPPED, None)
    box.workspace.computes.start("b")
    box.settle()
    box.at(8, day=2)
    assert box.settle() == (RUNNING, None)
    assert boxes.done == ["create", "start", "stop", "create", "start"]


def test_a_stop_waits_for_jobs_and_kernels(box, boxes):
    box.workspace._context.store.jobs.insert(job("a", state="Running", compute="b"), host=None)
    box.at(18)
    assert box.settle()[0] is RUNNING
    box.workspace._context.store.jobs.transition("a", "CancelRequested")
    box.workspace._context.store.jobs.transition("a", "Canceled")
    boxes.others = 1
    box.at(20)
    assert box.settle()[0] is RUNNING
    boxes.others = 0
    assert box.settle() == (STOPPED, "stopped by its schedule")


def test_of_what_was_missed_the_last_decides(box, boxes):
    """No supervisor ran from 9 on November 1 until 9 on November 3."""
    box.at(9, day=3)
    assert box.settle() == (RUNNING, None)
    box.at(19, day=3)
    box.settle()
    box.at(20, day=5)
    assert box.settle() == (STOPPED, "stopped by its schedule")
    assert boxes.done == ["create", "start", "stop"]


def test_a_stop_replaces_a_start_that_fails_unless_jobs_wait_for_it(box, boxes):
    box.at(18)
    box.settle()
    box.at(8, day=2)
    box.reconcile()
    for waits in (True, False):
        if waits:
            box.workspace._context.store.jobs.insert(job("a", state="Queued", compute="b"), host=None)
        else:
            box.workspace._context.store.jobs.transition("a", "Canceled")
        boxes.errors.append(OSError("the engine is gone"))
        box.at(18, day=2)
        box.reconcile()
        assert box.get().request.action is (ComputeAction.START if waits else ComputeAction.STOP)
    boxes.errors.clear()
    assert box.settle()[0] is STOPPED


def test_a_deletion_is_carried_out_at_the_time_of_a_schedule(box, boxes):
    box.workspace.computes.delete("b")
    box.at(18)
    box.reconcile()
    assert boxes.done[-1] == "delete"


def test_a_schedule_counts_from_its_change(box):
    box.at(17)
    schedules = {"compute_start_stop": [daily(16, "stop")]}
    box.workspace.computes.update("b", {"settings": {"schedules": schedules}})
    assert box.settle()[0] is RUNNING
    box.at(17, 30)
    box.workspace.computes.update("b", {"description": "mine"})
    box.at(16, day=2)
    assert box.settle()[0] is STOPPED


def test_a_disabled_schedule_does_nothing(box):
    schedules = {"compute_start_stop": [daily(18, "stop", state="disabled")]}
    box.workspace.computes.update("b", {"settings": {"schedules": schedules}})
    box.at(19)
    assert box.settle()[0] is RUNNING
    assert not box.controller.pending(set()), "the supervisor may exit"
