# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connections through an agent to its programs: their standard streams and their sockets."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jupyter_ml.agent.frames import BODY_BYTES
from jupyter_ml.compute.exposure import Exposure
from jupyter_ml.errors import UnavailableError
from jupyter_ml.listening import Listener

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from jupyter_ml.compute.agents.client import AgentClient

__all__ = ["AgentExposure", "Channel", "Forwarding"]

LISTEN_AGAIN_S = 1.0
CLOSE_S = 1.0
"""How long to wait for an agent that is out of reach before its port is left open."""


class Channel:
    """A connection that a request has opened under its key. It survives breaks of that to the agent."""

    def __init__(self, client: AgentClient, key: str) -> None:
        self._client, self._key = client, key
        self._pushed = 0

    async def push(self, data: bytes, *, eof: bool = False) -> bool:
        """Write up to 1 MiB, then end this direction where `eof`; return whether the program may read on."""
        reply, _ = await self._client.request("push", channel=self._key, offset=self._pushed, eof=eof, body=data)
        self._pushed += len(data)
        return bool(reply["open"])

    async def push_all(self, content: IO[bytes]) -> None:
        """Write everything, as far as the program reads it, and end this direction."""
        while piece := content.read(BODY_BYTES):
            if not await self.push(piece):
                return
        await self.push(b"", eof=True)

    async def pull(self) -> AsyncIterator[bytes]:
        """Yield what comes, until the program ends this direction."""
        pulled = 0
        while True:
            _, piece = await self._client.request("pull", channel=self._key, offset=pulled)
            if not piece:
                return
            pulled += len(piece)
            yield piece

    async def close(self) -> None:
        """Close it."""
        with suppress(OSError, UnavailableError):
            await self._client.request("close", channel=self._key)


class Forwarding:
    """A socket on this machine that leads to a socket of the compute."""

    def __init__(self, client: AgentClient, target: str) -> None:
        self._client, self._target = client, target
        self._folder = tempfile.mkdtemp(prefix="jupyter-ml-")
        self._socket = socket.socket(socket.AF_UNIX)
        self._listener = Listener(self._socket, self._forward)

    def open(self) -> Path:
        """Listen, and return the path of the socket."""
        path = Path(self._folder, "s")
        self._socket.bind(str(path))
        self._socket.listen()
        self._listener.start()
        return path

    def close(self) -> None:
        """Close it with all its connections."""
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _forward(self, connection: socket.socket) -> None:
        channel = Channel(self._client, key := uuid.uuid4().hex)
        try:
            await self._client.request("open", channel=key, path=self._target)
            await _join(connection, channel)
        except (*(OSError, UnavailableError), ExceptionGroup):
            pass  # one side is gone, and the other one sees the end of the connection
        finally:
            connection.close()  # at once: the agent may be out of reach
            await channel.close()


class AgentExposure(Exposure):
    """A port that the agent of the compute listens on.

    Parameters
    ----------
    client
        The agent.
    key
        Identifies the port, so that another process can go on with it.
    target
        Returns the path of the socket, for each connection; called in a thread, because it may start the server.
    """

    def __init__(self, client: AgentClient, key: str, target: Callable[[], Path]) -> None:
        self._client, self._key, self._target = client, key, target
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        """Listen on a free port, and return its number."""
        reply, _ = await self._client.request("listen", port=self._key, number=0)
        self.resume(number := int(reply["number"]))
        return number

    def resume(self, port: int) -> None:
        """Go on with a port, which is opened again if the agent has ended meanwhile."""
        self._port = port
        self._start(self._accept())

    async def release(self) -> None:
        """Close its connections and leave the port, on which connections wait, to another process."""
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Close it with all its connections."""
        await self.release()
        with suppress(OSError, UnavailableError):
            await self._client.request("unlisten", port=self._key, patience_s=CLOSE_S)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self) -> None:
        while True:
            try:
                await self._client.request("accept", port=self._key, channel=(key := uuid.uuid4().hex))
                self._start(self._serve(Channel(self._client, key)))
            except (OSError, UnavailableError):  # another agent has taken the place of the first one
                await asyncio.sleep(LISTEN_AGAIN_S)
                with suppress(OSError, UnavailableError):
                    await self._client.request("listen", port=self._key, number=self._port)

    async def _serve(self, channel: Channel) -> None:
        try:
            path = await asyncio.to_thread(self._target)
            with socket.socket(socket.AF_UNIX) as connection:
                connection.setblocking(False)
                await asyncio.get_running_loop().sock_connect(connection, str(path))
                await _join(connection, channel)
        except (*(OSError, UnavailableError), ExceptionGroup):
            pass
        finally:
            await channel.close()


async def _join(connection: socket.socket, channel: Channel) -> None:
    """Copy in both directions until both have ended."""
    async with asyncio.TaskGroup() as both:
        both.create_task(_push(connection, channel))
        both.create_task(_pull(channel, connection))


async def _push(connection: socket.socket, channel: Channel) -> None:
    while data := await asyncio.get_running_loop().sock_recv(connection, BODY_BYTES):
        if not await channel.push(data):
            return
    await channel.push(b"", eof=True)


async def _pull(channel: Channel, connection: socket.socket) -> None:
    async for data in channel.pull():
        await asyncio.get_running_loop().sock_sendall(connection, data)
    connection.shutdown(socket.SHUT_WR)
