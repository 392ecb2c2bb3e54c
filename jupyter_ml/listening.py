# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Accept connections on a socket, and lose none when it is closed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine
    from typing import Any

__all__ = ["Listener"]

ACCEPT_AGAIN_S = 0.2
"""When to accept connections again after one could not be."""


class Listener:
    """Serves each connection to a socket in a task of its own, until both are closed.

    A server of asyncio that is closed loses a connection that it has accepted and not started to serve: the transport
    of that is closed by the garbage collector only. And it does not end what it serves.

    Parameters
    ----------
    listener
        A socket that listens, which is closed with this.
    serve
        Serves a connection, which is closed afterwards.
    """

    def __init__(self, listener: socket.socket, serve: Callable[[socket.socket], Coroutine[Any, Any, None]]) -> None:
        self._listener, self._serve = listener, serve
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Accept connections from now on, in the running event loop."""
        self._listener.setblocking(False)
        self._accept_next()

    def close(self) -> None:
        """Close the socket and all connections."""
        if self._is_open:
            asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        for task in self._tasks:
            task.cancel()

    @property
    def _is_open(self) -> bool:
        return self._listener.fileno() >= 0

    def _accept_next(self) -> None:
        if self._is_open:
            asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it is gone again, or there are too many open files
            loop.remove_reader(self._listener)
            loop.call_later(ACCEPT_AGAIN_S, self._accept_next)
            return
        connection.setblocking(False)
        task = loop.create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: connection.close())  # also of a task that was canceled before its first step
