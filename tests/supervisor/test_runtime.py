# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Each key is reconciled once, by one worker at a time, and an exception stops nothing."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

import pytest

from jupyter_ml.schemas.resources import ResourceEvent
from jupyter_ml.supervisor import workqueue
from jupyter_ml.supervisor.runtime import Controller, Runtime
from tests.supervisor.loops import asynchronous, canceled


def event(name):
    return ResourceEvent(sequence=1, time=datetime.now(UTC), type="job_created", kind="job", name=name, data={})


class Recorder(Controller):
    """Calls what a test gives it, and records the calls."""

    name = "recorder"

    def __init__(self, act=None):
        self.calls, self.failures, self.act = [], [], act
        self.called = asyncio.Event()

    def keys(self, change):
        if change.name == "broken":
            raise ValueError(change.name)
        return [change.name]

    async def existing(self):
        return ["existing"]

    async def reconcile(self, key):
        self.calls.append(key)
        self.called.set()
        return await self.act(key) if self.act else None

    async def failed(self, key, error, retry_s):
        self.failures.append((key, str(error), retry_s))
        self.called.set()
        raise RuntimeError("the database is unavailable")

    async def until(self, condition):
        while not condition():
            self.called.clear()
            await self.called.wait()


@asynchronous
async def test_a_change_and_what_exists_are_reconciled():
    controller = Recorder()
    runtime = Runtime([controller])
    runtime.start()
    await runtime.add_existing()
    runtime.handle(event("new"))
    await controller.until(lambda: set(controller.calls) == {"existing", "new"})
    await runtime.stop(1)


def test_an_exception_stops_neither_the_controller_nor_the_others(monkeypatch):
    monkeypatch.setattr(workqueue, "FIRST_RETRY_S", 0.01)

    async def act(key):
        if key == "failing" and len(controller.failures) < 2:
            raise ValueError("not yet")

    controller, other = Recorder(act), Recorder()

    @asynchronous
    async def check():
        runtime = Runtime([controller, other])
        runtime.start()
        for name in ("broken", "failing", "good"):
            runtime.handle(event(name))
        await other.until(lambda: other.calls == ["failing", "good"])
        await controller.until(lambda: controller.calls.count("failing") == 3)
        assert "good" in controller.calls
        assert controller.failures == [("failing", "not yet", 0.01), ("failing", "not yet", 0.02)]
        await runtime.stop(1)

    check()


async def misspelled():
    return "soon"


async def not_a_number():
    return math.nan


async def negative():
    return -1


async def flag():
    return True


WRONG = {canceled: "canceled", misspelled: "'soon'", not_a_number: "nan", negative: "-1", flag: "True"}


@pytest.mark.parametrize(("wrong", "reason"), WRONG.items(), ids=[each.__name__ for each in WRONG])
def test_a_cancellation_and_a_wrong_delay_are_failures_that_are_tried_again(monkeypatch, caplog, wrong, reason):
    monkeypatch.setattr(workqueue, "FIRST_RETRY_S", 0.01)

    async def act(key):
        return await wrong() if key == "failing" and len(controller.failures) < 2 else None

    class Logging(Recorder):
        async def failed(self, key, error, retry_s):
            self.failures.append(str(error))
            await Controller.failed(self, key, error, retry_s)
            await canceled()

        async def existing(self):
            await canceled()

    controller = Logging(act)

    @asynchronous
    async def check():
        runtime = Runtime([controller])
        runtime.start()
        await runtime.add_existing()
        for name in ("failing", "good"):
            runtime.handle(event(name))
        await controller.until(lambda: controller.calls.count("failing") == 3 and "good" in controller.calls)
        await runtime.stop(1)

    check()
    assert len(controller.failures) == 2
    assert reason in controller.failures[0]
    for message in ("failing failed; it is tried again in 0.01 s", "cannot be listed", "could not be stored"):
        assert message in caplog.text


@asynchronous
async def test_a_worker_that_is_canceled_ends_although_cancellations_are_failures():
    async def act(key):
        await asyncio.get_running_loop().create_future()

    controller = Recorder(act)
    runtime = Runtime([controller])
    runtime.start()
    runtime.handle(event("a"))
    await controller.until(lambda: controller.calls == ["a"])
    await runtime.stop(0)
    assert controller.failures == []


@asynchronous
async def test_a_delay_that_reconcile_returns_is_kept():
    async def act(key):
        return 0.01 if len(controller.calls) < 3 else None

    controller = Recorder(act)
    runtime = Runtime([controller])
    runtime.start()
    runtime.handle(event("a"))
    await controller.until(lambda: controller.calls == ["a"] * 3)
    await runtime.stop(1)
    assert "a" not in runtime.queues[controller]


@asynchronous
async def test_stop_waits_for_what_is_worked_on_and_begins_nothing_new():
    release = asyncio.Event()

    async def act(key):
        await release.wait()
        ended.append(key)

    controller, ended = Recorder(act), []
    runtime = Runtime([controller])
    runtime.start()
    runtime.handle(event("a"))
    runtime.handle(event("b"))
    await controller.until(lambda: controller.calls == ["a"])
    stopping = asyncio.create_task(runtime.stop(20))
    await asyncio.sleep(0)
    release.set()
    await stopping
    assert (controller.calls, ended) == (["a"], ["a"])


@pytest.mark.parametrize("turns", range(6))
def test_stop_begins_nothing_that_has_just_been_queued(turns):
    """After so many turns of the event loop: before the worker has noticed it, at that moment, and afterwards."""
    controller = Recorder()

    @asynchronous
    async def check():
        runtime = Runtime([controller])
        runtime.queues[controller].add("later", 600)
        runtime.start()
        for _ in range(3):
            await asyncio.sleep(0)
        runtime.handle(event("a"))
        for _ in range(turns):
            await asyncio.sleep(0)
        begun = list(controller.calls)
        await runtime.stop(20)
        assert controller.calls == begun

    check()
