# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An agent in this process whose connections break at chosen moments."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_ml.agent.agent import Agent
from jupyter_ml.agent.frames import LENGTHS
from jupyter_ml.agent.line import Line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GREETING = b"\0jupyter-ml-agent %d\n"


class FaultyAgent:
    """An agent, and what happens to each connection to it, in turn; afterwards nothing happens any more.

    ``refused``
        There is none.
    ``before``
        It is cut when the first request is sent, which does not arrive.
    ``after``
        It is cut when the first request has arrived, and its reply does not come.
    ``half``
        It is cut within the first reply.
    ``killed``
        The agent ends when the first request has arrived, and another one takes its place.
    ``version``
        The agent is one of another version.
    ``huge``
        Instead of the first reply a frame of 1 GB is announced.
    ``silent``
        Nothing comes after the greeting, as where a network is cut.
    """

    def __init__(self, *faults: str) -> None:
        self.agent, self.connections = Agent(), 0
        self._faults = deque(faults)

    @asynccontextmanager
    async def reach(self) -> AsyncIterator[Line]:
        fault = self._faults.popleft() if self._faults else "none"
        self.connections += 1
        if fault == "refused":
            raise ConnectionRefusedError("there is no agent")
        (ours, peer), (theirs, proxy) = socket.socketpair(), socket.socketpair()
        line = Line((descriptor := ours.detach()), descriptor)
        serving = asyncio.create_task(self.agent.serve(Line((descriptor := theirs.detach()), descriptor)))
        breaking = asyncio.create_task(self._break(fault, peer, proxy))
        try:
            yield line
        finally:
            line.close()
            await breaking
            await serving

    async def _break(self, fault: str, peer: socket.socket, proxy: socket.socket) -> None:
        client, agent = await asyncio.open_connection(sock=peer), await asyncio.open_connection(sock=proxy)
        try:
            agent[1].write(await client[0].readline())
            greeting = await agent[0].readline()
            client[1].write(GREETING % 9 if fault == "version" else greeting)
            if fault in ("none", "version"):
                await asyncio.gather(pump(client[0], agent[1]), pump(agent[0], client[1]))
                return
            request = await frame(client[0])
            if fault == "silent":
                await client[0].read()
            if fault in ("before", "silent"):
                return
            agent[1].write(request)
            reply = await frame(agent[0])
            if fault == "killed":
                self.agent = Agent()
            elif fault == "half":
                client[1].write(reply[: len(reply) // 2])
            elif fault == "huge":
                client[1].write(LENGTHS.pack(2, 2**30))
                await client[0].read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has closed it
        finally:
            for writer in (client[1], agent[1]):
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()


async def frame(reader: asyncio.StreamReader) -> bytes:
    lengths = await reader.readexactly(LENGTHS.size)
    return lengths + await reader.readexactly(sum(LENGTHS.unpack(lengths)))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
