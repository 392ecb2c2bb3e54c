# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Responses: JSON, files, archives and streamed JSON."""

from __future__ import annotations

import mimetypes
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from jupyter_ml.server.errors import from_status
from jupyter_ml.server.ranges import Version, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from jupyter_ml.server.handler import Handler
    from jupyter_ml.server.ranges import Part

__all__ = ["ArchiveResponse", "Created", "FileResponse", "JSONResponse", "Response", "StreamingJSONResponse"]

CHUNK_BYTES = 1024**2


class Response(Protocol):
    """A response that a handler can send."""

    async def send(self, handler: Handler) -> None:
        """Send the response to the handler's request."""


@dataclass(frozen=True)
class Created:
    """The result of an operation that has created a resource, and may as well have updated it."""

    resource: Any


@dataclass(frozen=True)
class JSONResponse:
    """An encoded result, or a status without a body."""

    status: int
    body: bytes | None
    location: str | None = None
    """Path of the created resource, below the base of the API."""

    async def send(self, handler: Handler) -> None:
        """Send status, headers and body."""
        handler.set_status(self.status)
        if self.location:
            handler.set_header("Location", handler.app.url(self.location))
        with suppress(StreamClosedError):  # the client has disconnected
            await handler.finish(self.body)


@dataclass(frozen=True)
class FileResponse:
    """A file to download, which a browser never renders as a page of this server."""

    file: BinaryIO
    """Open file, because its path may lead elsewhere at any time; closed after sending."""
    name: str

    async def send(self, handler: Handler) -> None:
        """Send the file or the requested range in chunks, because it may be larger than the memory."""
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
            self._set_headers(handler, version, part)
            chunks = _chunks(file, part) if handler.request.method != "HEAD" else iter(())
            await _send(handler, chunks, mimetypes.guess_type(self.name)[0] or "application/octet-stream")

    def _set_headers(self, handler: Handler, version: Version, part: Part) -> None:
        _set_attachment(handler, self.name)
        if handler.settings.get("compress_response"):
            handler.set_header("Content-Encoding", "identity")  # a range refers to the uncompressed file
        if part.status != 304:
            handler.set_header("Content-Length", part.stop - part.start)
        if part.status == 206:
            handler.set_header("Content-Range", f"bytes {part.start}-{part.stop - 1}/{version.size}")


@dataclass(frozen=True)
class ArchiveResponse:
    """A ZIP archive that is created while it is sent."""

    chunks: Iterator[bytes]
    name: str

    async def send(self, handler: Handler) -> None:
        """Send the chunks, joined to a useful size."""
        _set_attachment(handler, self.name)
        await _send(handler, _joined(self.chunks), "application/zip")


@dataclass(frozen=True)
class StreamingJSONResponse:
    """JSON that is generated while it is sent, and never held in memory as a whole."""

    chunks: Iterator[bytes]

    async def send(self, handler: Handler) -> None:
        """Send the chunks, joined to a useful size."""
        await _send(handler, _joined(self.chunks), "application/json")


def _set_attachment(handler: Handler, name: str) -> None:
    """Let a browser store what follows; where it renders it nevertheless, it runs no script of it."""
    handler.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name, safe='')}")
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Content-Security-Policy", f"{handler.content_security_policy}; sandbox")


async def _send(handler: Handler, chunks: Iterator[bytes], content_type: str) -> None:
    """Send chunks, each generated in a thread after the client has received the previous one."""
    handler.set_header("Content-Type", content_type)
    with suppress(StreamClosedError):  # the client has disconnected
        while chunk := await handler.in_thread(next, chunks, b""):
            handler.write(chunk)
            await handler.flush()
        await handler.finish(set_content_type=content_type)


def _chunks(file: BinaryIO, part: Part) -> Iterator[bytes]:
    file.seek(part.start)
    left = part.stop - part.start
    while left and (chunk := file.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
        yield chunk


def _joined(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Join chunks to at least `CHUNK_BYTES`."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
