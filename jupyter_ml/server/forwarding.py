# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Forward a request to an HTTP server behind a Unix socket, and its response as it comes; WebSockets, too."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from tornado import web
from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine
from tornado.iostream import IOStream, StreamClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tornado.httputil import ResponseStartLine

__all__ = ["forward"]

CHUNK_BYTES = 64 * 1024
HEAD_BYTES = 64 * 1024
BODY_BYTES = 1024**4
"""What passes through of one response; not more than a chunk of it is in memory."""


async def forward(
    handler: web.RequestHandler,
    place: Path,
    target: str,
    headers: HTTPHeaders,
    kept: Callable[[HTTPHeaders], Iterable[tuple[str, str]]],
) -> None:
    """Forward the request of a handler.

    Parameters
    ----------
    handler
        Its request has been read. It is finished afterwards by Tornado, or its connection is closed.
    place
        The Unix socket.
    target
        Path and query of the request.
    headers
        Headers of the request; those about the connection are added.
    kept
        Returns the headers of a response that are sent to the client.

    Raises
    ------
    tornado.web.HTTPError
        502 if the server does not accept the connection, or closes it without a response.
    """
    request, upgrade = handler.request, is_upgrade(handler)
    stream = IOStream(socket.socket(socket.AF_UNIX), read_chunk_size=CHUNK_BYTES)
    headers["Connection"] = "Upgrade" if upgrade else "close"
    if upgrade:
        headers["Upgrade"] = request.headers["Upgrade"]
    elif request.body or request.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(request.body))
    parameters = HTTP1ConnectionParameters(chunk_size=CHUNK_BYTES, max_header_size=HEAD_BYTES, max_body_size=BODY_BYTES)
    connection = HTTP1Connection(stream, is_client=True, params=parameters)
    response = _Response(handler, connection, kept)
    try:
        await stream.connect(str(place))
        cast("HTTP1Connection", request.connection).set_close_callback(stream.close)
        await connection.write_headers(RequestStartLine(request.method, target, "HTTP/1.1"), headers, request.body)
        connection.finish()
        await connection.read_response(response)
        if response.joined:
            await _join(*response.joined)
            return
    except StreamClosedError:
        pass
    finally:
        stream.close()
    if response.sent and not response.complete:
        handler.detach().close()  # the client must not take what came for all of the response
    elif not response.complete:
        raise web.HTTPError(502, "the application does not accept connections, or closed this one without a response")


def is_upgrade(handler: web.RequestHandler) -> bool:
    """Return whether a request asks for a WebSocket."""
    return handler.request.method == "GET" and handler.request.headers.get("Upgrade", "").lower() == "websocket"


class _Response(HTTPMessageDelegate):
    def __init__(
        self,
        handler: web.RequestHandler,
        connection: HTTP1Connection,
        kept: Callable[[HTTPHeaders], Iterable[tuple[str, str]]],
    ) -> None:
        self._handler, self._connection, self._kept = handler, connection, kept
        self.joined: tuple[IOStream, IOStream] | None = None
        self.sent = self.complete = False

    async def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """Send the head of the response to the client."""
        code = start_line.code  # type: ignore[union-attr]
        switches = code == 101 and is_upgrade(self._handler)
        if code < 200 and not switches:
            return
        self._handler.set_status(code, start_line.reason)  # type: ignore[union-attr]
        for name, value in self._kept(headers):
            self._handler.add_header(name, value)
        if switches:
            self._handler.set_header("Upgrade", "websocket")
            self._handler.set_header("Connection", "Upgrade")
            self._handler.finish()
            self.joined = self._handler.detach(), self._connection.detach()

    async def data_received(self, chunk: bytes) -> None:
        """Send a part of the body, as fast as the client reads."""
        try:
            self.sent = True
            self._handler.write(chunk)
            await self._handler.flush()
        except StreamClosedError:
            self._connection.close()

    def finish(self) -> None:
        """Note that the response is complete."""
        self.complete = True


async def _join(client: IOStream, server: IOStream) -> None:
    """Copy in both directions until one side has ended."""
    both = {asyncio.ensure_future(_copy(client, server)), asyncio.ensure_future(_copy(server, client))}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    client.close()
    server.close()
    await asyncio.wait(both)


async def _copy(source: IOStream, target: IOStream) -> None:
    with suppress(StreamClosedError):
        while True:
            await target.write(await source.read_bytes(CHUNK_BYTES, partial=True))
