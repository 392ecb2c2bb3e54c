# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A connection to a program."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

from jupyter_ml.agent.frames import BODY_BYTES
from jupyter_ml.agent.line import ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Channel"]

CHANNEL_S = 600.0
"""After which a connection that no client uses is closed."""


class Channel:
    """A connection to a program, whose bytes are counted so that none is lost or repeated when a client is cut off."""

    def __init__(self, connection: socket.socket, forget: Callable[[], None]) -> None:
        connection.setblocking(False)
        self._connection, self._forget = connection, forget
        self._pushing, self._pulling = asyncio.Lock(), asyncio.Lock()
        self._pushed = self._pulled = self._users = 0
        self._piece = b""
        self._closed = False
        self._unused = asyncio.get_running_loop().call_later(CHANNEL_S, forget)

    async def push(self, offset: int, data: bytes, *, eof: bool) -> bool:
        """Write what begins at an offset of all that is pushed; return whether the program may read on."""
        with self._used():
            async with self._pushing:
                fresh = data[_within(self._pushed - offset, len(data)) :]
                try:
                    while fresh:
                        sent = await self._send(fresh)
                        self._pushed, fresh = self._pushed + sent, fresh[sent:]
                    if eof:
                        self._connection.shutdown(socket.SHUT_WR)
                except OSError:  # it has ended or has closed its side
                    return False
        return True

    async def _send(self, data: bytes) -> int:
        with contextlib.suppress(BlockingIOError):
            return self._connection.send(data)
        await ready(self._connection.fileno(), writable=True)
        return 0

    async def pull(self, offset: int) -> bytes:
        """Return what begins at an offset of all that comes, which acknowledges what is before; nothing at the end."""
        with self._used():
            async with self._pulling:
                while offset == self._pulled:
                    try:
                        self._piece = self._connection.recv(BODY_BYTES)
                    except BlockingIOError:
                        await ready(self._connection.fileno())
                        continue
                    except OSError:
                        self._piece = b""
                    self._pulled += len(self._piece)
                    break
                return self._piece[len(self._piece) - _within(self._pulled - offset, len(self._piece)) :]

    @contextlib.contextmanager
    def _used(self) -> Iterator[None]:
        self._unused.cancel()
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if self._closed:
                self.close()
            elif not self._users:
                self._unused = asyncio.get_running_loop().call_later(CHANNEL_S, self._forget)

    def close(self) -> None:
        """Close it, when the last request that uses it has ended."""
        self._unused.cancel()
        self._closed = True
        if not self._users:
            self._connection.close()
            return
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)  # which ends those requests


def _within(value: int, limit: int) -> int:
    if not 0 <= value <= limit:
        raise ValueError("the offset is not one of the connection")
    return value
