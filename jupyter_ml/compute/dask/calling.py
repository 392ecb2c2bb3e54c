# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Call the process that manages a cluster, which listens on a socket in the directory of the cluster.

A client sends a line of JSON, and gets lines of JSON; after ``connect`` and one line, the bytes of a node's agent.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.line import Line
from jupyter_ml.agent.reaching import peer
from jupyter_ml.compute.agents.client import AgentGoneError
from jupyter_ml.compute.commands import started
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = [
    "SOCKET",
    "STARTED",
    "Call",
    "StoppedError",
    "call",
    "connect",
    "ensure",
    "locked",
    "reach_node",
    "socket_path",
]

SOCKET, LOCK, ERROR = "manager.sock", "manager.lock", "manager.error"
STARTED = "started"
"""A file that is there while the cluster is to be managed."""
START_S = 60.0
LOOK_S = 0.05
LINE_BYTES = 2**20


@asynccontextmanager
async def socket_path(directory: Path) -> AsyncIterator[str]:
    """Yield the path of the socket in a directory, whose own path may be too long for a socket."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


async def _connect(directory: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.setblocking(False)
        async with socket_path(directory) as path:
            await asyncio.get_running_loop().sock_connect(connection, path)
        _require_own(connection, directory)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_own(connection: socket.socket, directory: Path) -> None:
    if peer(connection) != os.geteuid():
        raise PermissionError(f"another user listens in {directory}")


class EndedError(UnavailableError):
    """The manager of a cluster has ended."""


class StoppedError(UnavailableError):
    """The cluster is stopped, so that its manager is not started."""


class Call:
    """A connection to the manager of a cluster, over which lines are exchanged."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, **message: Any) -> None:
        """Send a line."""
        self._writer.write(json.dumps(message).encode() + b"\n")

    async def receive(self) -> dict[str, Any]:
        """Return the next line; UnavailableError with the reason, or when the manager has ended."""
        try:
            line = await self._reader.readline()
        except OSError:
            line = b""
        if not line:
            raise EndedError("the process that manages the cluster has ended")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise UnavailableError(reply["error"])
        return reply

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()


async def call(directory: Path, **message: Any) -> tuple[Call, dict[str, Any]]:
    """Connect to the manager of a cluster, which is started if there is none; return the connection and a reply.

    Raises
    ------
    UnavailableError
        With its reason, or that for which it cannot be started.
    """
    while True:
        await ensure(directory)
        with suppress(OSError, EndedError):  # it was killed just then
            made = await connect(directory, **message)
            try:
                return made, await made.receive()
            except BaseException:
                made.close()
                raise


async def connect(directory: Path, **message: Any) -> Call:
    """Connect to the manager of a cluster, and send a line; OSError when there is none."""
    reader, writer = await asyncio.open_unix_connection(sock=await _connect(directory), limit=LINE_BYTES)
    made = Call(reader, writer)
    made.send(**message)
    return made


@asynccontextmanager
async def reach_node(directory: Path, node: str) -> AsyncIterator[Line]:
    """Connect to the agent of a node; AgentGoneError when the node is lost."""
    connection = await _connect(directory)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_sendall(connection, json.dumps({"do": "connect", "node": node}).encode() + b"\n")
        _require_node(await _read_line(connection))
    except BaseException:
        connection.close()
        raise
    reached = Line((descriptor := connection.detach()), descriptor)
    try:
        yield reached
    finally:
        reached.close()


async def _read_line(connection: socket.socket) -> dict[str, Any]:
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = await asyncio.get_running_loop().sock_recv(connection, 1)  # what follows is the agent's
        if not piece:
            raise EOFError("the process that manages the cluster has ended")
        line += piece
    reply: dict[str, Any] = json.loads(line)
    return reply


def _require_node(reply: dict[str, Any]) -> None:
    if "gone" in reply:
        raise AgentGoneError(reply["gone"])
    if "error" in reply:
        raise OSError(reply["error"])


def locked(directory: Path) -> int | None:
    """Return a lock on the directory of a cluster; None while its manager runs."""
    descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


async def ensure(directory: Path) -> None:
    """Start the manager of a cluster if there is none, and wait until it listens.

    Raises
    ------
    StoppedError
        When the cluster is stopped.
    UnavailableError
        When it cannot deploy the cluster, with the reason.
    """
    async with asyncio.timeout(START_S):
        while True:
            with suppress(FileNotFoundError, ConnectionRefusedError):
                (await _connect(directory)).close()
                return
            await _start(directory)
            await asyncio.sleep(LOOK_S)


async def _start(directory: Path) -> None:
    if not (directory / STARTED).exists():
        raise StoppedError("the cluster is stopped")
    (directory / ERROR).unlink(missing_ok=True)
    argv, nothing = [sys.executable, "-P", "-m", "jupyter_ml.compute.dask", str(directory)], subprocess.DEVNULL
    with (directory / "manager.log").open("ab") as log:
        async with started(*argv, cwd="/", stdin=nothing, stdout=log, stderr=log) as starting:
            if await starting.wait():
                raise UnavailableError(_reason(directory))


def _reason(directory: Path) -> str:
    file = directory / ERROR
    return file.read_text(encoding="utf-8") if file.exists() else f"see {directory / 'manager.log'}"
