# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that requests do not block each other or the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jupyter_ml.services.workspace import Workspace
from tests.workspaces import TIMEOUT_S, until


async def test_a_blocked_request_does_not_delay_other_requests(api, fetch, app, monkeypatch):
    await api("GET", "/workspace")
    release, waiting = threading.Event(), threading.Barrier(4)
    get = type(app.workspace.jobs).get

    def slow(self, name):
        if name == "slow":
            waiting.wait(TIMEOUT_S)
            release.wait(TIMEOUT_S)
        return get(self, name)

    monkeypatch.setattr(type(app.workspace.jobs), "get", slow)
    blocked = [asyncio.ensure_future(fetch("/jupyter-ml/v1/jobs/slow")) for _ in range(3)]
    try:
        await asyncio.to_thread(waiting.wait, TIMEOUT_S)  # all three are at work
        await asyncio.wait_for(api("GET", "/jobs"), TIMEOUT_S / 2)
        await asyncio.wait_for(fetch("/api/status"), TIMEOUT_S / 2)
        assert not any(each.done() for each in blocked)
    finally:
        release.set()
    assert {response.code for response in await asyncio.gather(*blocked)} == {404}


@pytest.mark.parametrize("path", ["/workspace", "/jobs", "/experiments", "/forms/job?path=train.ipynb"])
async def test_services_are_called_in_threads(api, app, train, monkeypatch, path):
    await api("GET", "/workspace")
    loop, callers = threading.get_ident(), set()
    opened = app.workspace
    monkeypatch.setattr(type(app), "workspace", property(lambda self: callers.add(threading.get_ident()) or opened))
    await api("GET", path.partition("?")[0], **({"path": "train.ipynb"} if "?" in path else {}))
    assert callers
    assert loop not in callers


async def test_a_request_while_the_server_stops_is_refused_with_503(api, fetch, app, monkeypatch):
    await api("GET", "/workspace")
    waiting, release = threading.Event(), threading.Event()

    def slow(self, name):
        waiting.set()
        release.wait(TIMEOUT_S)
        raise RuntimeError("the store is closed")

    monkeypatch.setattr(type(app.workspace.jobs), "get", slow)
    at_work = asyncio.ensure_future(fetch("/jupyter-ml/v1/jobs/slow"))
    await asyncio.to_thread(waiting.wait, TIMEOUT_S)
    await app.stop_extension()
    release.set()
    for response in (await at_work, await fetch("/jupyter-ml/v1/workspace")):
        assert response.code == 503
        assert b"jobs continue" in response.body


async def test_a_workspace_that_is_opened_while_the_server_stops_is_closed(app, shared, monkeypatch):
    opening, opened = threading.Event(), Workspace.open

    def slow(*arguments, **options):
        opening.set()
        until(lambda: app.stopping)
        return opened(*arguments, **options)

    monkeypatch.setattr(Workspace, "open", slow)
    at_work = asyncio.ensure_future(asyncio.to_thread(lambda: app.workspace))
    await asyncio.to_thread(opening.wait, TIMEOUT_S)
    await app.stop_extension()
    await at_work
    assert not app._relay.is_alive()
