# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A client connects again when a connection breaks, at whichever moment, and nothing happens twice."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.agent.agent import Agent
from jupyter_ml.compute.agents import client as clients
from jupyter_ml.compute.agents.channels import Channel
from jupyter_ml.compute.agents.client import AgentClient
from jupyter_ml.compute.agents.starting import start
from jupyter_ml.compute.process import KernelFork, ProcessSpec
from jupyter_ml.errors import UnavailableError
from tests.agent.asynchronous import asynchronous
from tests.compute.faulty_agent import FaultyAgent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jupyter_ml.agent.line import Line

BREAKS = ["refused", "before", "after", "half", "killed", "huge"]


@pytest.mark.parametrize("fault", BREAKS)
@asynchronous
async def test_a_request_is_repeated(fault: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    agent = FaultyAgent(fault, fault)
    client = AgentClient("box", agent.reach)
    reading = [client.request("read", path=str(tmp_path / "file"), offset=number) for number in range(5)]
    replies = await asyncio.gather(*reading)
    assert [body for _, body in replies] == [b"content"[number:] for number in range(5)]
    assert agent.connections == 3


@pytest.mark.parametrize("fault", ["before", "after", "half"])
@asynchronous
async def test_what_goes_through_a_connection_goes_once(fault: str, tmp_path: Path) -> None:
    agent = FaultyAgent(*[fault] * 6)
    client = AgentClient("box", agent.reach)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        await client.request("open", channel="c", path=str(tmp_path / "s"))
        peer = listener.accept()[0]
        channel = Channel(client, "c")
        with closing(peer):
            for piece in (b"one ", b"two"):
                await channel.push(piece)
            await channel.push(b"", eof=True)
            assert peer.recv(100, socket.MSG_WAITALL) == b"one two"
            pulling = channel.pull()
            peer.send(b"three")
            assert await anext(pulling) == b"three"
        assert [piece async for piece in pulling] == []
        await channel.close()
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert agent.connections >= 6


@asynchronous
async def test_another_agent_is_not_asked_for_what_the_first_one_may_have_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    for fault in ("before", "after", "half", "killed"):
        client = AgentClient("box", FaultyAgent(fault).reach)
        request = client.request("read", path=str(tmp_path / "file"), offset=0, once=True)
        if fault == "killed":
            with pytest.raises(OSError, match="'box' has ended, perhaps after it did what was requested"):
                await request
        else:
            assert await request == ({}, b"content")


@asynchronous
async def test_an_agent_that_ends_is_not_reached_again_by_a_request_that_does_not_wait() -> None:
    agent = FaultyAgent("after")
    client = AgentClient("box", agent.reach)
    with pytest.raises(UnavailableError, match="'box' cannot be reached"):
        await client.request("ping", patience_s=0.0)
    assert agent.connections == 1
    client.close()


@asynchronous
async def test_another_version_is_reported_at_once() -> None:
    client = AgentClient("box", FaultyAgent("version").reach)
    with pytest.raises(UnavailableError, match="compute 'box' cannot be reached: version 9 of the agent's protocol"):
        await client.request("ping")
    assert await client.request("ping") == ({}, b""), "when it was replaced"


@asynchronous
async def test_an_agent_that_stays_out_of_reach_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_SHORTEST_S", 0.001)
    client = AgentClient("box", FaultyAgent(*["refused"] * 5).reach)
    patient = asyncio.create_task(client.request("ping"))
    with pytest.raises(UnavailableError, match="'box' cannot be reached: there is no agent"):
        await client.request("ping", patience_s=0.0)
    assert await patient == ({}, b"")


@asynchronous
async def test_a_connection_on_which_nothing_comes_is_taken_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "PING_S", 0.05)
    agent = FaultyAgent("silent")
    assert await AgentClient("box", agent.reach).request("ping") == ({}, b"")
    assert agent.connections >= 2  # more on a machine that is too busy for this interval


@asynchronous
async def test_a_quiet_connection_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clients, "PING_S", 1.0)
    agent, pinged = FaultyAgent(), asyncio.Event()
    monkeypatch.setattr(agent.agent, "do_ping", pinging := Ping(pinged))
    client = AgentClient("box", agent.reach)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        await client.request("open", channel="c", path=str(tmp_path / "s"))
        with listener.accept()[0] as peer:
            pulling = asyncio.create_task(client.request("pull", channel="c", offset=0))
            await pinged.wait()
            peer.send(b"x")
            assert (await pulling)[1] == b"x"
        await client.request("close", channel="c")
    assert (pinging.count, agent.connections) == (1, 1)


class Ping:
    """Replies to a ping, and reports it to the test."""

    def __init__(self, pinged: asyncio.Event) -> None:
        self.count, self._pinged = 0, pinged

    async def __call__(self) -> None:
        self.count += 1
        self._pinged.set()


@asynchronous
async def test_a_cancelled_request_is_cancelled_there(tmp_path: Path) -> None:
    agent = FaultyAgent()
    client = AgentClient("box", agent.reach)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        await client.request("open", channel="c", path=str(tmp_path / "s"))
        with listener.accept()[0] as peer:
            pulling = asyncio.create_task(client.request("pull", channel="c", offset=0))
            served = agent.agent._channels["c"]
            while not served._users:
                await client.request("ping")
            pulling.cancel()
            await asyncio.gather(pulling, return_exceptions=True)
            await client.request("ping")
            assert served._users == 0
            peer.send(b"x")
            assert (await client.request("pull", channel="c", offset=0))[1] == b"x"
        await client.request("close", channel="c")


@asynchronous
async def test_a_request_of_a_task_that_cleans_up_fails_when_the_loop_ends() -> None:
    ending = asyncio.Event()

    class Slow(FaultyAgent):
        """An agent the connection to which takes a while to end."""

        @asynccontextmanager
        async def reach(self) -> AsyncIterator[Line]:
            async with super().reach() as line:
                try:
                    yield line
                finally:
                    await ending.wait()

    client = AgentClient("box", Slow().reach)
    await client.request("ping")
    assert client._running
    client._running.cancel()
    during = asyncio.create_task(client.request("ping"))
    while client.connected or not client._pending:  # noqa: ASYNC110 -- no event for that
        await asyncio.sleep(0)
    ending.set()
    with pytest.raises(UnavailableError, match="the event loop ends"):
        await during
    with pytest.raises(UnavailableError, match="the event loop ends"):
        await client.request("ping")


@asynchronous
async def test_what_the_agent_cannot_do_is_an_error() -> None:
    client = AgentClient("box", FaultyAgent().reach)
    with pytest.raises(OSError, match="no such request"):
        await client.request("explode")


class EarlierAgent(Agent):
    """One of a version that could not fork."""

    async def do_start(  # type: ignore[override]
        self, *, key: str, argv: list[str], cwd: str, env: dict[str, str], log: str, channel: str | None
    ) -> dict[str, Any]:
        return {"pid": 7, "start_time": "now"}


@asynchronous
async def test_an_agent_that_cannot_fork_starts_a_kernel(tmp_path: Path) -> None:
    agent = FaultyAgent()
    agent.agent = EarlierAgent()
    fork = KernelFork(python="python", arguments=[], cwd="/", env={})
    spec = ProcessSpec(argv=["python"], cwd=tmp_path, log=tmp_path / "log", marker="m", fork=fork)
    started = await start(AgentClient("box", agent.reach), spec, pass_descriptors=False)
    assert started["pid"] == 7
