# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An agent replies to each request, and to a repeated one without another effect."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.agent import agent, channels
from jupyter_ml.agent.agent import Agent
from jupyter_ml.agent.line import Line
from tests.agent.asynchronous import asynchronous

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Client:
    """Sends one request at a time."""

    def __init__(self, line: Line, agent: Agent) -> None:
        self.line, self.agent = line, agent

    async def request(self, do: str, body: bytes = b"", **parameters: Any) -> tuple[dict[str, Any], bytes]:
        await self.line.send({"id": 7, "do": do, **parameters}, body)
        head, data, _ = await self.line.receive()
        assert head.pop("id") == 7
        return head, data


@asynccontextmanager
async def client(served: Agent | None = None, *, keep: bool = False) -> AsyncIterator[Client]:
    ours, theirs = (Line(each, each, unix=True) for each in (side.detach() for side in socket.socketpair()))
    serving = asyncio.create_task((served := served or Agent()).serve(theirs))
    await ours.greet()
    yield Client(ours, served)
    ours.close()
    await serving
    if not keep:
        for key in list(served._channels):
            await served.do_close(channel=key)


@asynccontextmanager
async def listener(tmp_path: Path) -> AsyncIterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        yield listening


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({"do": "explode"}, "there is no such request"),
        ({"do": "_add"}, "there is no such request"),
        ({"do": None}, "there is no such request"),
        ({"do": "read"}, "missing"),
        ({"do": "read", "path": "/etc", "offset": 0}, "directory"),
        ({"do": "read", "path": "a\0b", "offset": 0}, "null byte"),
        ({"do": "read", "path": "/etc/passwd", "offset": -1}, "nvalid argument"),
        ({"do": "pull", "channel": "none", "offset": 0}, "the connection 'none' was closed"),
        ({"do": "start", "key": "a", "argv": [], "cwd": "/", "env": {}, "channel": "c"}, ""),
        (
            {"do": "start", "key": "a", "argv": ["a"], "cwd": "/", "env": {}, "log": "/dev/null/a", "channel": "c"},
            "/dev/null",
        ),
        ({"do": "wait", "program": {"key": "a"}}, "missing"),
    ],
)
@asynchronous
async def test_what_cannot_be_done_is_an_error_and_the_connection_goes_on(head: dict[str, Any], message: str) -> None:
    async with client() as asking:
        reply, _ = await asking.request(head.pop("do"), **head)
        assert message in reply["error"]
        assert not asking.agent._channels, "nothing is left open"
        assert await asking.request("ping") == ({}, b"")


@asynchronous
async def test_a_file_is_read_from_an_offset(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    os.mkfifo(tmp_path / "pipe")
    async with client() as asking:
        assert await asking.request("read", path=str(tmp_path / "file"), offset=4) == ({}, b"456789")
        assert await asking.request("read", path=str(tmp_path / "file"), offset=99) == ({}, b"")
        assert await asking.request("read", path=str(tmp_path / "missing"), offset=0) == ({}, b"")
        assert "seek" in (await asking.request("read", path=str(tmp_path / "pipe"), offset=0))[0]["error"]


@asynchronous
async def test_a_connection_repeats_and_skips_by_offset(tmp_path: Path) -> None:
    async with listener(tmp_path) as listening, client() as asking:
        for _ in range(2):
            assert await asking.request("open", channel="c", path=str(tmp_path / "s")) == ({}, b"")
        peer = listening.accept()[0]
        with peer:
            listening.setblocking(False)
            with pytest.raises(BlockingIOError):
                listening.accept()
            for _ in range(2):
                await asking.request("push", b"hello ", channel="c", offset=0)
            await asking.request("push", b"lo world", channel="c", offset=3, eof=True)
            assert peer.recv(100) == b"hello world"
            assert peer.recv(100) == b""
            peer.send(b"first")
            for _ in range(2):
                assert await asking.request("pull", channel="c", offset=0) == ({}, b"first")
            assert await asking.request("pull", channel="c", offset=3) == ({}, b"st")
            peer.send(b"second")
            for _ in range(2):
                assert await asking.request("pull", channel="c", offset=5) == ({}, b"second")
            for offset in (0, 99):
                assert "offset" in (await asking.request("pull", channel="c", offset=offset))[0]["error"]
                assert "offset" in (await asking.request("push", channel="c", offset=offset))[0]["error"]
        assert await asking.request("pull", channel="c", offset=11) == ({}, b"")
        assert await asking.request("push", b"!", channel="c", offset=11) == ({"open": False}, b"")
        for _ in range(2):
            assert await asking.request("close", channel="c") == ({}, b"")


@asynchronous
async def test_a_connection_outlives_the_client_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = Agent()
    async with listener(tmp_path) as listening:
        async with client(served, keep=True) as asking:
            await asking.request("open", channel="c", path=str(tmp_path / "s"))
            peer = listening.accept()[0]
            await asking.line.send({"id": 1, "do": "pull", "channel": "c", "offset": 0})
            await asking.request("ping")
            assert served._channels["c"]._unused.cancelled(), "it is in use"
        with peer:
            peer.send(b"while there was no client")
            monkeypatch.setattr(channels, "CHANNEL_S", 0.01)
            async with client(served, keep=True) as asking:
                assert (await asking.request("pull", channel="c", offset=0))[1] == b"while there was no client"
            peer.setblocking(False)
            assert await asyncio.get_running_loop().sock_recv(peer, 1) == b"", "it is closed when no client comes back"


@asynchronous
async def test_an_agent_is_busy_while_there_are_clients_or_programs() -> None:
    served = Agent()
    assert not served.busy()
    async with client(served):
        assert served.busy()
    assert not served.busy()
    served._add("k", os.getpid(), "")
    assert served.busy()
    served._children[os.getpid()].end(0)
    assert not served.busy()


@asynchronous
async def test_a_request_is_cancelled(tmp_path: Path) -> None:
    async with listener(tmp_path) as listening, client() as asking:
        await asking.request("open", channel="c", path=str(tmp_path / "s"))
        peer = listening.accept()[0]
        with peer:
            await asking.line.send({"id": 1, "do": "pull", "channel": "c", "offset": 0})
            await asking.request("ping")
            await asking.line.send({"do": "cancel", "request": 1})
            await asking.request("ping")
            peer.send(b"x")
            assert await asking.request("pull", channel="c", offset=0) == ({}, b"x"), "and not twice"


@asynchronous
async def test_descriptors_of_a_request_that_is_cancelled_at_once_are_closed() -> None:
    reading, writing = os.pipe()
    async with client() as asking:
        await asking.line.send({"id": 1, "do": "ping"}, descriptors=[writing])
        await asking.line.send({"do": "cancel", "request": 1})
        os.close(writing)
        await asking.request("ping")
    os.set_blocking(reading, False)
    assert os.read(reading, 1) == b""
    os.close(reading)


@asynchronous
async def test_a_client_with_too_many_requests_is_cut_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(agent, "MAX_REQUESTS", 3)
    async with listener(tmp_path), client() as asking:
        await asking.request("open", channel="c", path=str(tmp_path / "s"))
        for number in range(3):
            await asking.line.send({"id": number, "do": "pull", "channel": "c", "offset": 0})
        with pytest.raises(EOFError):
            await asking.line.receive()
