# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs of a compute reach a socket of this machine by a port, across breaks of the connection to the agent."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.agents import channels
from jupyter_ml.compute.agents.channels import AgentExposure
from jupyter_ml.compute.agents.client import AgentClient
from tests.agent.asynchronous import asynchronous
from tests.compute.faulty_agent import FaultyAgent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LONG = bytes(range(256)) * 20_000


@asynccontextmanager
async def echo(folder: Path) -> AsyncIterator[Path]:
    """Serve on a socket what comes, once it has ended; yield the path."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_unix_server(serve, folder / "s"):
        yield folder / "s"


async def asked(port: int, content: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(content)
    writer.write_eof()
    reply = await reader.read()
    writer.close()
    await writer.wait_closed()
    return reply


@pytest.mark.parametrize("fault", ["none", "refused", "before", "after", "half"])
@asynchronous
async def test_what_a_program_sends_arrives_once(fault: str, tmp_path: Path) -> None:
    agent = FaultyAgent(*[fault] * 4)
    async with echo(tmp_path) as target:
        exposure = AgentExposure(AgentClient("box", agent.reach), "k", lambda: target)
        port = await exposure.open()
        assert await asyncio.gather(*[asked(port, b"%d" % number + LONG) for number in range(3)]) == [
            b"%d" % number + LONG for number in range(3)
        ]
        await exposure.close()
    with pytest.raises(ConnectionRefusedError):
        await asked(port, b"")
    assert not agent.agent._channels


@asynchronous
async def test_another_process_goes_on_with_the_port(tmp_path: Path) -> None:
    agent = FaultyAgent()
    async with echo(tmp_path) as target:
        first = AgentExposure(AgentClient("box", agent.reach), "k", lambda: target)
        port = await first.open()
        await first.release()
        waiting = asyncio.create_task(asked(port, b"meanwhile"))
        second = AgentExposure(AgentClient("box", agent.reach), "k", lambda: target)
        second.resume(port)
        assert await waiting == b"meanwhile"
        await second.close()


@asynchronous
async def test_another_agent_listens_on_the_same_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "LISTEN_AGAIN_S", 0.01)
    agent = FaultyAgent("killed")  # when it is to listen
    async with echo(tmp_path) as target:
        old = agent.agent
        exposure = AgentExposure(AgentClient("box", agent.reach), "k", lambda: target)
        port = await exposure.open()
        while old._ports:
            await old.do_unlisten(port="k")
        assert await asked(port, b"again") == b"again"
        await exposure.close()


@asynchronous
async def test_a_server_that_is_gone_ends_the_connection(tmp_path: Path) -> None:
    exposure = AgentExposure(AgentClient("box", FaultyAgent().reach), "k", lambda: tmp_path / "nothing")
    assert await asked(await exposure.open(), b"") == b""
    await exposure.close()
