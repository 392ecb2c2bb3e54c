# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A client of a kernel that misses no message.

zmq.asyncio waits on a descriptor that tells of each change once (see "ZMQ_FD" in
https://libzmq.readthedocs.io/en/latest/zmq_getsockopt.html). jupyter_client's `Session` sends past the asynchronous
socket, through a shadow of it. When a message arrives in that moment, libzmq takes note of it while it sends, the
descriptor has nothing more to tell, and whoever waits for the message waits for ever.

What a kernel broadcasts is dropped when a thousand messages wait at either end. Here any number may wait, which leaves
the kernel's end free; a large one is taken apart in pieces, without a copy of the whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import suppress
from queue import Empty
from typing import TYPE_CHECKING, Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from pydantic_core import from_json
from traitlets import Type

from jupyter_ml.eventlog.texts import cut

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

__all__ = ["Client", "receive"]

LOOK_S = 0.25
"""How long a wake-up is relied on, before the socket itself is asked."""
PIECE_BYTES = 4 * 1024**2
"""Of printed text at once."""
_log = logging.getLogger("jupyter_ml.executor")
_NAME = re.compile(rb'"name"\s*:\s*"(\w+)"')
_TEXT = re.compile(rb'"text"\s*:\s*"')


class _Channel(AsyncZMQSocketChannel):
    def send(self, msg: dict[str, Any]) -> None:
        """Send a message, and have the asynchronous socket look at what came in meanwhile."""
        super().send(msg)
        self.socket.get(zmq.EVENTS)  # which schedules the waiting receivers


class Client(AsyncKernelClient):
    """An `AsyncKernelClient` whose sends cost no receiver its wake-up, and that drops no output."""

    shell_channel_class = Type(_Channel)
    control_channel_class = Type(_Channel)

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RCVHWM, 0)  # a default for its sockets
        return context

    async def broadcasts(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what comes on the iopub channel, printed text in pieces."""
        socket = self.iopub_channel.socket
        while True:
            if not await socket.poll(LOOK_S * 1000):
                continue
            try:
                for message in self._messages(await socket.recv_multipart(copy=False)):
                    yield message
                    await asyncio.sleep(0)  # there may be more for a long time, and others wait, too
            except (ValueError, TypeError, LookupError) as error:
                _log.warning("a message of the kernel is no message and is left out: %s", error)

    def _messages(self, frames: list[zmq.Frame]) -> Iterator[dict[str, Any]]:
        parts = [frame.buffer if len(frame) > PIECE_BYTES else frame.bytes for frame in frames]
        _, parts = self.session.feed_identities(parts)
        message: dict[str, Any] = self.session.deserialize(parts, content=False)
        raw = message["content"]
        large = message["msg_type"] == "stream" and len(raw) > PIECE_BYTES
        for content in _pieces(raw) if large else [_parsed(raw)]:
            yield {**message, "content": content}


def _pieces(raw: memoryview) -> Iterator[dict[str, Any]]:
    name, text = _NAME.search(raw, 0, 1024), _TEXT.search(raw, 0, 1024)
    if name is None or text is None:  # as no kernel known writes it
        yield _parsed(raw)
        return
    position, ended = text.end(), False
    while not ended:
        piece = bytes(raw[position : position + PIECE_BYTES])
        length, ended = cut(piece)
        yield {"name": name[1].decode(), "text": _parsed(b'"%b"' % piece[:length])}
        position += length


def _parsed(raw: bytes | memoryview) -> Any:
    try:
        return from_json(bytes(raw))
    except ValueError:  # half a surrogate pair is a Python string, but no text
        return json.loads(bytes(raw))


async def receive(get: Callable[..., Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Return the next message of a channel; `get` is one of the client's ``get_…_msg``."""
    while True:
        with suppress(Empty):
            return await get(timeout=LOOK_S)
