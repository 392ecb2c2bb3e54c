# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A terminal of a Jupyter server, in which a program runs in place of the shell.

Everything that a compute does goes this way, so that the other server needs no extension, and the limits that it has
for the output of kernels do not apply.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tornado.websocket import WebSocketClosedError

from jupyter_ml.agent.frames import ProtocolError
from jupyter_ml.agent.line import Line
from jupyter_ml.agent.text import PIECE_BYTES, LineDecoder, encode
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator

    from tornado.iostream import IOStream
    from tornado.websocket import WebSocketClientConnection

    from jupyter_ml.compute.jupyterserver.server import JupyterServer

__all__ = ["Terminal", "open_terminal"]

START_S = 60.0
"""How long a shell may take to start, with all that its user has configured."""
REST_S = 5.0
"""How long an error message may take to be complete."""
NOISE_CHARS = 64 * 1024
"""What a shell may print before the program starts."""


@asynccontextmanager
async def open_terminal(server: JupyterServer) -> AsyncIterator[Terminal]:
    """Create a terminal, and remove it at the end; UnavailableError when the server does not have that."""
    unique = f"jupyter_ml_{secrets.token_hex(8)}"  # another one may get the number of one that has just ended
    name = (await server.request("POST", "api/terminals", {"name": unique}))["name"]
    try:
        connection = await server.connect(f"terminals/websocket/{name}")
        try:
            yield Terminal(connection)
        finally:
            connection.close()
    finally:
        with suppress(UnavailableError):  # without a client it ends by itself
            await server.request("DELETE", f"api/terminals/{name}")


class Terminal:
    """A terminal. Create it by `open_terminal`."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self._connection = connection
        if stream := self._stream():
            stream.set_nodelay(True)

    async def until(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Return the first text of this kind that is printed; OSError with what is printed instead."""
        printed = ""
        async with asyncio.timeout(START_S):
            while not (found := pattern.search(printed)):
                if (part := await self._read()) is None or len(printed) > NOISE_CHARS:
                    raise OSError(_last(printed))
                printed += part
        return found

    async def write(self, text: str) -> None:
        """Type a text; OSError when the connection has ended."""
        for start in range(0, len(text), PIECE_BYTES):
            try:
                await self._connection.write_message(json.dumps(["stdin", text[start : start + PIECE_BYTES]]))
            except WebSocketClosedError as error:
                raise OSError("the connection to the terminal has ended") from error

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """Exchange frames with an agent that passes text (`jupyter_ml.agent.text`).

        Raises
        ------
        OSError
            When the terminal ends inside the block with an error message, which it has.
        """
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        line = Line((descriptor := ours.detach()), descriptor)
        with theirs:
            sending = asyncio.ensure_future(self._send(theirs))
            receiving = asyncio.ensure_future(self._receive(theirs))
            try:
                yield line
            except (EOFError, OSError, ProtocolError) as error:
                if receiving.done() and (message := receiving.result()):
                    raise OSError(message) from error
                raise
            finally:
                line.close()
                sending.cancel()
                receiving.cancel()
                await asyncio.gather(sending, receiving, return_exceptions=True)

    async def _send(self, local: socket.socket) -> None:
        while piece := await asyncio.get_running_loop().sock_recv(local, PIECE_BYTES):
            await self.write(encode(piece).decode())

    async def _receive(self, local: socket.socket) -> str:
        """Pass on what comes until the terminal ends; return the message that is printed instead."""
        decoder, loop = LineDecoder(), asyncio.get_running_loop()
        try:
            while (part := await self._read()) is not None:
                await loop.sock_sendall(local, decoder.decode(part.encode()))
        except ValueError as error:
            return _last(f"{error}\n{await self._rest()}")
        finally:
            with suppress(OSError):
                local.shutdown(socket.SHUT_RDWR)
        return ""

    async def _rest(self) -> str:
        printed = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(REST_S):
                while len(printed) < NOISE_CHARS and (part := await self._read()) is not None:
                    printed += part
        return printed

    async def _read(self) -> str | None:
        """Return what is printed next; None at the end."""
        while (message := await self._connection.read_message()) is not None:
            self._acknowledge_at_once()
            kind, *content = json.loads(message)
            if kind == "stdout":
                return str(content[0])
            if kind == "disconnect":
                return None
        return None

    def _stream(self) -> IOStream | None:
        stream = self._connection.protocol and self._connection.protocol.stream
        return stream if stream and not stream.closed() else None

    def _acknowledge_at_once(self) -> None:
        """Let Linux acknowledge what comes next at once: until then, the server keeps the end of a message (40 ms)."""
        if (stream := self._stream()) and sys.platform == "linux":
            stream.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _last(printed: str) -> str:
    """Return the last line of an error message, without what shells print when they end."""
    lines = [line.strip() for line in printed.splitlines()]
    return next(
        (line[-500:] for line in reversed(lines) if line not in ("", "exit", "logout")), "the terminal has ended"
    )
