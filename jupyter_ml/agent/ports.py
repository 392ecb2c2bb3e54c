# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A port of this machine on which programs reach the machine of a client."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from jupyter_ml.agent.line import ready

__all__ = ["Port"]


class Port:
    """Accepts connections of programs of this machine, on 127.0.0.1.

    Parameters
    ----------
    number
        Which port; 0 for a free one.
    """

    def __init__(self, number: int) -> None:
        self.accepting = asyncio.Lock()  # of who calls `accept`
        self._listener = socket.create_server(("127.0.0.1", number))
        self._listener.setblocking(False)
        self.number: int = self._listener.getsockname()[1]

    async def accept(self) -> socket.socket:
        """Return the next connection; OSError when the port is closed."""
        try:
            return await self._next()
        except OSError:
            self._listener.close()
            raise

    async def _next(self) -> socket.socket:
        while True:
            with contextlib.suppress(BlockingIOError):
                return self._listener.accept()[0]
            await ready(self._listener.fileno())

    def close(self) -> None:
        """Close it, when the request that accepts has ended."""
        if self.accepting.locked():
            self._listener.shutdown(socket.SHUT_RDWR)  # which ends that request
        else:
            self._listener.close()
