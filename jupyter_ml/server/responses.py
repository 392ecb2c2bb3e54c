# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How answers leave the server."""

from __future__ import annotations

import mimetypes
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from jupyter_ml.server.errors import from_status
from jupyter_ml.server.ranges import Version, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from jupyter_ml.server.handler import Handler
    from jupyter_ml.server.ranges import Part

__all__ = ["FileResponse", "JSONResponse", "Response", "StreamingJSONResponse"]

CHUNK_BYTES = 1024**2


class Response(Protocol):
    """Something that can be sent."""

    async def send(self, handler: Handler) -> None:
        """Send it as the answer to the handler's request."""


@dataclass(frozen=True)
class JSONResponse:
    """An encoded answer, or none but its status."""

    status: int
    body: bytes | None
    location: str | None = None
    """Path of what was made, below the API's address."""

    async def send(self, handler: Handler) -> None:
        """Send it."""
        handler.set_status(self.status)
        if self.location:
            handler.set_header("Location", handler.app.url(self.location))
        await handler.finish(self.body)


@dataclass(frozen=True)
class FileResponse:
    """A file, as bytes that no browser shows as a page of this server."""

    file: BinaryIO
    """Open: where its path leads may change at any time. It is closed at the end."""
    name: str

    async def send(self, handler: Handler) -> None:
        """Send it, or the part that is asked for, piece by piece: it may be larger than the memory."""
        with self.file as file:
            version = Version.of(os.fstat(file.fileno()))
            part = part_of(version, handler.request.headers)
            handler.set_status(part.status)
            handler.set_header("Accept-Ranges", "bytes")
            handler.set_header("ETag", version.etag)
            handler.set_header("Last-Modified", version.modified)
            if part.status == 416:
                handler.set_header("Content-Range", f"bytes */{version.size}")
                await handler.finish(from_status(416, f"the file has {version.size} bytes"))
                return
            self._describe(handler, version, part)
            pieces = _pieces(file, part) if handler.request.method != "HEAD" else iter(())
            await _send(handler, pieces, mimetypes.guess_type(self.name)[0] or "application/octet-stream")

    def _describe(self, handler: Handler, version: Version, part: Part) -> None:
        handler.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(self.name, safe='')}")
        handler.set_header("X-Content-Type-Options", "nosniff")
        if handler.settings.get("compress_response"):
            handler.set_header("Content-Encoding", "identity")  # a part of a file is not a part of it compressed
        if part.status != 304:
            handler.set_header("Content-Length", part.stop - part.start)
        if part.status == 206:
            handler.set_header("Content-Range", f"bytes {part.start}-{part.stop - 1}/{version.size}")


@dataclass(frozen=True)
class StreamingJSONResponse:
    """JSON that is made while it is sent, and never all in memory."""

    chunks: Iterator[bytes]

    async def send(self, handler: Handler) -> None:
        """Send it piece by piece."""
        await _send(handler, _joined(self.chunks), "application/json")


async def _send(handler: Handler, pieces: Iterator[bytes], kind: str) -> None:
    """Send pieces, each when the client has taken the one before; whoever makes them blocks beside the event loop."""
    handler.set_header("Content-Type", kind)
    with suppress(StreamClosedError):  # the client has gone
        while piece := await handler.in_thread(next, pieces, b""):
            handler.write(piece)
            await handler.flush()
        await handler.finish(set_content_type=kind)


def _pieces(file: BinaryIO, part: Part) -> Iterator[bytes]:
    file.seek(part.start)
    left = part.stop - part.start
    while left and (piece := file.read(min(left, CHUNK_BYTES))):
        left -= len(piece)
        yield piece


def _joined(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield chunks in pieces that are worth sending."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
