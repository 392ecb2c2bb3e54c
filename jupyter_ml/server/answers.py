"""How answers leave the server."""

from __future__ import annotations

import mimetypes
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    from typing import BinaryIO

    from jupyter_ml.server.handler import Handler

__all__ = ["Answer", "Download", "JSONAnswer"]

CHUNK_BYTES = 1024**2


class Answer(Protocol):
    """Something that can be sent."""

    async def send(self, handler: Handler) -> None:
        """Send it as the answer to the handler's request."""


@dataclass(frozen=True)
class JSONAnswer:
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
class Download:
    """A file, as bytes that no browser shows as a page of this server."""

    file: BinaryIO
    """Open: where its path leads may change at any time. It is closed at the end."""
    name: str

    async def send(self, handler: Handler) -> None:
        """Send it piece by piece: it may be larger than the memory."""
        kind = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        handler.set_header("Content-Type", kind)
        handler.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(self.name, safe='')}")
        handler.set_header("X-Content-Type-Options", "nosniff")
        with self.file as file:
            handler.set_header("Content-Length", os.fstat(file.fileno()).st_size)
            while piece := await handler.in_thread(file.read, CHUNK_BYTES):
                handler.write(piece)
                await handler.flush()
        await handler.finish(set_content_type=kind)
