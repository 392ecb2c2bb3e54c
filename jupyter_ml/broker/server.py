# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Answer processes that ask for the connection of a datastore, or where data is that has a name."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.broker.messages import MAX_REQUEST, decode, encode, failure
from jupyter_ml.broker.peers import Peer, is_of, peer_of
from jupyter_ml.errors import InvalidInputError, JupyterMLError
from jupyter_ml.listening import Listener

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from jupyter_ml.schemas.connections import Connection
    from jupyter_ml.schemas.named_data import NamedData

    Answer = Callable[[str, str | None, int], Awaitable[Connection]]
    Locate = Callable[[str, str | None], Awaitable[NamedData]]

__all__ = ["Broker", "listening_socket"]

TIMEOUT_S = 10.0
_log = logging.getLogger(__name__)


def listening_socket(path: Path) -> socket.socket:
    """Return a socket at `path` that only its user can connect to; the path may be longer than the system allows."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        short = f"/proc/self/fd/{directory}/{path.name}" if os.path.isdir("/proc/self/fd") else str(path)  # noqa: PTH112
        listener.bind(short)
        path.chmod(0o600)  # before it listens
        listener.listen(64)
    except BaseException:
        listener.close()
        raise
    finally:
        os.close(directory)
    return listener


class Broker:
    """Answers the processes that this process has started, and their children.

    Parameters
    ----------
    path
        Path of the socket.
    answer
        Returns the connection of a datastore, given its name, the name of the workspace if one was given, and the id
        of the process that asks.
    locate
        Returns where data is, given its name, and the path of the notebook that asks, if it is one.
    """

    def __init__(self, path: Path, answer: Answer, locate: Locate) -> None:
        self._path, self._answer, self._locate = path, answer, locate
        self._listener: Listener | None = None

    async def start(self) -> None:
        """Accept connections on a new socket at the path."""
        self._listener = Listener(listening_socket(self._path), self._serve)
        self._listener.start()

    def close(self) -> None:
        """Stop, and remove the socket; requests without a response get none."""
        if self._listener is not None:
            self._listener.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            peer = peer_of(connection)
            async with asyncio.timeout(TIMEOUT_S):
                line = await _line(connection)  # first: else a refusal could get lost
            allowed = self._is_allowed(peer)
            response = await self._response(line, peer.pid if peer else 0) if allowed else _refuse(peer)
            async with asyncio.timeout(TIMEOUT_S):
                await asyncio.get_running_loop().sock_sendall(connection, encode(response))

    def _is_allowed(self, peer: Peer | None) -> bool:
        return peer is None or (peer.uid == os.getuid() and is_of(peer.pid, os.getpid(), self._path))

    async def _response(self, line: bytes, pid: int) -> dict[str, Any]:
        try:
            request = decode(line)
            if "data" in request:
                return (await self._locate(*_name(request))).document()
            return (await self._answer(*_datastore(request), pid)).document()
        except JupyterMLError as error:
            return failure(error)
        except Exception as error:  # noqa: BLE001 -- the client has to get an answer
            _log.error("the broker has failed: %s", type(error).__name__)
            return {"error": "the broker of the workspace has failed; its log has the reason", "code": "unavailable"}


async def _line(connection: socket.socket) -> bytes:
    """Return the first line that comes, or what comes before the end; ValueError if it is too long."""
    received = b""
    while b"\n" not in received:
        if len(received) > MAX_REQUEST:
            raise ValueError("the request is too long")
        piece = await asyncio.get_running_loop().sock_recv(connection, MAX_REQUEST)
        if not piece:
            break
        received += piece
    return received.partition(b"\n")[0]


def _refuse(peer: Peer | None) -> dict[str, Any]:
    _log.warning("process %s asked for credentials, and was refused", peer and peer.pid)
    return {"error": "the broker refused: only processes that the job or notebook has started can read datastores"}


def _datastore(request: dict[str, Any]) -> tuple[str, str | None]:
    datastore, workspace = request.get("datastore"), request.get("workspace")
    if not isinstance(datastore, str) or not isinstance(workspace, str | None):
        raise InvalidInputError("a request has the name of a datastore, or of data")
    return datastore, workspace


def _name(request: dict[str, Any]) -> tuple[str, str | None]:
    name, notebook = request.get("data"), request.get("notebook")
    if not isinstance(name, str) or not isinstance(notebook, str | None):
        raise InvalidInputError("a request has the name of data")
    return name, notebook
