# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Serve the clients of a cluster: the supervisor, and those who start kernels."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.reaching import peer
from jupyter_ml.compute.dask.calling import SOCKET, socket_path
from jupyter_ml.compute.dask.members import open_agent

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from jupyter_ml.compute.dask.members import Member
    from jupyter_ml.compute.dask.pool import Pool

__all__ = ["Server"]

PIECE_BYTES = 2**20
LOOK_S = 0.05


class Server:
    """Accepts connections on the socket of a cluster.

    Attributes
    ----------
    clients : set
        Those that are served.
    """

    def __init__(self, pool: Pool) -> None:
        self.clients: set[asyncio.Task[Any] | None] = set()
        self._pool, self._stack = pool, AsyncExitStack()

    async def __aenter__(self) -> Self:
        (self._pool.directory / SOCKET).unlink(missing_ok=True)
        path = await self._stack.enter_async_context(socket_path(self._pool.directory))
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, path)
        finally:
            os.umask(mask)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self.clients:
            if task is not None:
                task.cancel()
        await self._stack.aclose()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self.clients.add(task)
        try:
            if peer(writer.get_extra_info("socket")) not in (0, os.geteuid()):
                return
            request = json.loads(await reader.readline())
            operation: Callable[..., Any] = getattr(self, f"_{request.pop('do')}")
            await operation(reader, writer, **request)
        except (OSError, ValueError, asyncio.CancelledError):
            pass  # the client has left, or this process ends
        finally:
            self.clients.discard(task)
            writer.close()

    async def _nodes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Reply once with the nodes."""
        del reader
        _write(writer, **self._pool.nodes.model_dump(mode="json"))
        await writer.drain()

    async def _watch(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, slots: int) -> None:
        """Ask for slots as long as the client is there, and reply whenever the nodes have changed."""
        pool, key = self._pool, object()
        pool.demand[key] = slots
        publishing = asyncio.create_task(self._publish(writer))
        try:
            while line := await reader.readline():
                pool.demand[key] = json.loads(line)["slots"]
        finally:
            publishing.cancel()
            del pool.demand[key]

    async def _publish(self, writer: asyncio.StreamWriter) -> None:
        pool = self._pool
        with suppress(OSError):
            while True:
                _write(writer, ready=pool.ready(), **pool.nodes.model_dump(mode="json"))
                await writer.drain()
                async with pool.changed:
                    await pool.changed.wait()

    async def _hold(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, node: str | None, kernel: bool
    ) -> None:
        """Reserve a slot of a node as long as the client is there; reply with the node when there is one."""
        pool, key, why = self._pool, object(), None
        leaving = asyncio.create_task(reader.read())
        if kernel:
            pool.demand[key] = 1
        found: Member | None = None
        try:
            while not found and not why and not leaving.done():
                found = pool.members.get(node) if node else pool.place()
                why = pool.lost(node) if node else None
                if found is None and why is None:
                    if not (node or kernel):
                        _write(writer, error="no node has a free slot any more")
                        return
                    await asyncio.sleep(LOOK_S)
            if found is not None:
                found.use.holds[key] = kernel
            # of one that is lost, its agent reports that
            _write(writer, about=found.about | {"address": found.address} if found else {"id": node})
            await writer.drain()
            await leaving
        finally:
            leaving.cancel()
            pool.demand.pop(key, None)
            if found is not None:
                found.use.holds.pop(key, None)

    async def _choose(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: int) -> None:
        """Reserve nodes for one job, all or none, until the client has reserved each of them; reply with their ids."""
        found, key = self._pool.unused(count), object()
        if found is None:
            _write(writer, error=f"fewer than {count} nodes are free")
            return
        for member in found:
            member.use.holds[key] = False
        try:
            _write(writer, nodes=[each.id for each in found])
            await writer.drain()
            await reader.read()
        finally:
            for member in found:
                member.use.holds.pop(key, None)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, node: str) -> None:
        """Lead the client to the agent of a node."""
        pool = self._pool
        while (member := pool.members.get(node)) is None or member.address is None:
            if (why := pool.lost(node)) is not None:
                _write(writer, gone=why)
                return
            await asyncio.sleep(LOOK_S)
        try:
            comm = await open_agent(member.address, pool.connection)
        except OSError as error:
            _write(writer, error=str(error))
            return
        _write(writer)
        tasks = [asyncio.create_task(_up(reader, comm)), asyncio.create_task(_down(comm, writer))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            comm.abort()

    async def _close(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """End all nodes and the process; the connection is closed when that is done."""
        self._pool.closing.set()
        await reader.read()
        del writer


def _write(writer: asyncio.StreamWriter, **message: Any) -> None:
    writer.write(json.dumps(message).encode() + b"\n")


async def _up(reader: asyncio.StreamReader, comm: Any) -> None:
    with suppress(OSError):
        while data := await reader.read(PIECE_BYTES):
            await comm.write(data)


async def _down(comm: Any, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while True:
            writer.write(await comm.read())
            await writer.drain()
