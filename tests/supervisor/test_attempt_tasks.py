# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The tasks of attempts: when the next one of a job begins, and when one is cancelled from outside."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from jupyter_ml.supervisor import attempts
from tests.supervisor.loops import asynchronous, canceled
from tests.workspaces import TIMEOUT_S


def test_the_next_attempt_of_a_job_may_begin_before_the_last_one_has_ended(monkeypatch):
    """As with a retry: the job is in the queue again, and is claimed, before the task of the last attempt returns."""

    class Waiting:
        def __init__(self, *_, **__):
            self.go, self.job = asyncio.Event(), job

        async def run(self):
            await self.go.wait()
            return self is first

    job, ended = SimpleNamespace(name="a", cancel_requested_at=None, supervised=True, compute="local"), []
    monkeypatch.setattr(attempts, "Attempt", Waiting)
    monkeypatch.setattr(attempts, "tracking_server", lambda _: None)
    called = asyncio.Event()
    running = attempts.Attempts(None, None, lambda *call: (ended.append(call), called.set()))

    @asynchronous
    async def check():
        nonlocal first
        running.start(None, job, token="1", adopted=False)
        first = running.get("a")
        running.start(None, job, token="2", adopted=False)
        second = running.get("a")
        first.go.set()
        await asyncio.wait_for(called.wait(), TIMEOUT_S)
        assert ended == [("a", False)]
        assert running.get("a") is second
        called.clear()
        second.go.set()
        await asyncio.wait_for(called.wait(), TIMEOUT_S)
        assert ended[1] == ("a", True)
        assert "a" not in running

    first = None
    check()


def test_an_attempt_whose_wait_is_canceled_is_logged_and_adopted_again(monkeypatch, caplog):
    class Canceled:
        def __init__(self, *_, **__):
            self.job = job

        async def run(self):
            await canceled()

    job, ended = SimpleNamespace(name="a", cancel_requested_at=None, supervised=True, compute="local"), []
    monkeypatch.setattr(attempts, "Attempt", Canceled)
    monkeypatch.setattr(attempts, "tracking_server", lambda _: None)

    @asynchronous
    async def check():
        called = asyncio.Event()
        running = attempts.Attempts(None, None, lambda *call: (ended.append(call), called.set()))
        running.start(None, job, token="1", adopted=False)
        await called.wait()

    check()
    assert ended == [("a", True)]
    assert "a: what its attempt waited for was canceled; it is adopted again" in caplog.text
