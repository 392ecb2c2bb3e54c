# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A web application for any Python, which needs no package: ``python plain_app.py PORT NAME``."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sys

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What a WebSocket server appends to the key of a client; see RFC 6455."""


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Return the path of a request and the name, or send the messages of a WebSocket back."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    if key := headers.get(b"sec-websocket-key"):
        accepted = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
        switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        writer.write(switch + b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n")
        while True:
            await _echo(reader, writer)
    body = first.split()[1] + b" " + sys.argv[2].encode()
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Return a message of fewer than 126 bytes; that of a client is masked."""
    kind, size = await reader.readexactly(2)
    mask, masked = await reader.readexactly(4), await reader.readexactly(size & 127)
    text = bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked))
    writer.write(bytes([kind, len(text)]) + text)
    await writer.drain()


async def main(port: int) -> None:
    """Listen on a port of this machine."""
    async with await asyncio.start_server(serve, "127.0.0.1", port) as server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
