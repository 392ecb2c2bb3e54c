# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connect to a kernel without losing messages or wake-ups.

zmq.asyncio waits on an edge-triggered descriptor (see "ZMQ_FD" in
https://libzmq.readthedocs.io/en/latest/zmq_getsockopt.html). jupyter_client's `Session` sends through a shadow of the
asynchronous socket. When a message arrives at that moment, libzmq processes the event while it sends, the descriptor is
not signaled again, and the receiver waits forever.

By default, ZeroMQ drops broadcasts beyond a thousand queued messages at either end. Here the receiving queue is
unlimited; a large message is split into pieces, without a copy of all of it.
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

POLL_S = 0.25
"""Seconds to wait for a wake-up before the socket is polled."""
PIECE_BYTES = 4 * 1024**2
"""Most bytes of printed text in one message."""
_log = logging.getLogger("jupyter_ml.executor")
_NAME = re.compile(rb'"name"\s*:\s*"(\w+)"')
_TEXT = re.compile(rb'"text"\s*:\s*"')


class _Channel(AsyncZMQSocketChannel):
    def send(self, msg: dict[str, Any]) -> None:
        """Send a message, and process events that arrived in the meantime."""
        super().send(msg)
        self.socket.get(zmq.EVENTS)  # schedules the waiting receivers


class Client(AsyncKernelClient):
    """An `AsyncKernelClient` that loses no wake-up when it sends, and drops no broadcast."""

    shell_channel_class = Type(_Channel)
    control_channel_class = Type(_Channel)

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RCVHWM, 0)  # the default of its sockets
        return context

    async def broadcasts(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the messages of the iopub channel, with long printed text in pieces."""
        socket = self.iopub_channel.socket
        while True:
            if not await socket.poll(POLL_S * 1000):
                continue
            try:
                for message in self._messages(await socket.recv_multipart(copy=False)):
                    yield message
                    await asyncio.sleep(0)  # let other tasks run between many messages
            except (ValueError, TypeError, LookupError) as error:
                _log.warning("an invalid message of the kernel is ignored: %s", error)

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
    if name is None or text is None:  # unusual order of keys
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
    except ValueError:  # pydantic does not accept lone surrogates
        return json.loads(bytes(raw))


async def receive(get: Callable[..., Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Return the next message of a channel, for one of the client's methods ``get_…_msg``."""
    while True:
        with suppress(Empty):
            return await get(timeout=POLL_S)
