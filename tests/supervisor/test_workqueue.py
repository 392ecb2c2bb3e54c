# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A work queue has each key once, delays keys, and backs off after failures."""

from __future__ import annotations

import asyncio

from jupyter_ml.supervisor import workqueue
from jupyter_ml.supervisor.workqueue import WorkQueue
from tests.supervisor.loops import asynchronous


@asynchronous
async def test_keys_come_in_order_each_once():
    queue = WorkQueue()
    for key in ("a", "b", "a", "c", "b"):
        queue.add(key)
    assert [await queue.get() for _ in range(3)] == ["a", "b", "c"]
    assert queue.working == {"a", "b", "c"}


@asynchronous
async def test_the_earlier_of_two_moments_counts():
    queue = WorkQueue()
    queue.add("a", 600)
    queue.add("b", 0.01)
    queue.add("b", 600)
    assert await queue.get() == "b"
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.add("a")
    assert await waiting == "a"


@asynchronous
async def test_a_key_that_is_added_while_it_is_worked_on_comes_again_afterwards():
    queue = WorkQueue()
    queue.add("a")
    await queue.get()
    queue.add("a")
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.done("a")
    assert await waiting == "a"
    queue.done("a")
    assert "a" not in queue


@asynchronous
async def test_the_delay_doubles_with_each_failure_up_to_a_limit_and_is_reset_by_a_success():
    queue, delays = WorkQueue(), []
    for _ in range(10):
        queue.add("a")
        delays.append(queue.failed(await queue.get()))
        assert queue.failing == {"a"}
    assert delays[:3] == [2.0, 4.0, 8.0]
    assert delays[-1] == workqueue.LAST_RETRY_S
    queue.add("a")  # a change does not wait for the delay
    queue.done(await queue.get())
    assert queue.failing == set()
    queue.add("a")
    assert queue.failed(await queue.get()) == 2.0
