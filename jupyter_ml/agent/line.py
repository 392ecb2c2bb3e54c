# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Exchange frames with the other side of a connection."""

from __future__ import annotations

import asyncio
import collections
import json
import os
import socket
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.frames import (
    BODY_BYTES,
    GREETING,
    HEAD_BYTES,
    LENGTHS,
    MAX_DESCRIPTORS,
    NOISE_BYTES,
    VERSION,
    ProtocolError,
    VersionError,
)

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Line", "close_all", "ready"]


class Line:
    """Exchange frames over two file descriptors, which it owns; over a Unix socket, frames can contain others.

    Parameters
    ----------
    incoming, outgoing
        File descriptors of a pipe, a socket or a terminal; the same one for a socket.
    unix
        Whether that is a Unix socket.
    """

    def __init__(self, incoming: int, outgoing: int, *, unix: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self._incoming, self._outgoing = incoming, outgoing
        self._socket = socket.socket(fileno=os.dup(incoming)) if unix else None
        self._received = bytearray()
        self._descriptors: collections.deque[int] = collections.deque()
        self._unsent: collections.deque[tuple[memoryview, list[int]]] = collections.deque()
        self._room = asyncio.Event()
        self._room.set()
        self._error: OSError | None = None
        for descriptor in {incoming, outgoing}:
            os.set_blocking(descriptor, False)

    @property
    def passes_descriptors(self) -> bool:
        """Whether frames can contain file descriptors: then both sides are on the same machine."""
        return self._socket is not None

    async def greet(self, identity: str = "") -> str:
        """Exchange greetings, and return the identity in that of the other side: another agent has another one.

        Raises
        ------
        VersionError, ProtocolError
            When the other side is an agent or client of another version, or none.
        """
        self._put(f"\0jupyter-ml-agent {VERSION} {identity}".rstrip().encode() + b"\n")
        while not (greeting := GREETING.search(self._received)):
            if len(self._received) > NOISE_BYTES:
                raise ProtocolError(f"no agent replies, but: {_shown(self._received)}")
            try:
                await self._receive_more()
            except (EOFError, ConnectionError):
                raise ProtocolError(f"no agent replies{_shown(self._received, ', but: ')}") from None
        version, identified, end = int(greeting[1]), (greeting[2] or b"").decode(), greeting.end()
        del self._received[:end]
        if version != VERSION:
            raise VersionError(
                f"version {version} of the agent's protocol is spoken there, and {VERSION} here: "
                "end the agent, or use the version of Jupyter ML that started it"
            )
        return identified

    async def receive(self) -> tuple[dict[str, Any], bytes, list[int]]:
        """Return the next frame: its head, its body, and the file descriptors in it, which the caller closes.

        Nothing is lost when it is cancelled.

        Raises
        ------
        EOFError, OSError
            When the connection has ended.
        ProtocolError
            When what comes is not a frame, or too large a one.
        """
        while (frame := self._next()) is None:
            await self._receive_more()
        return frame

    def _next(self) -> tuple[dict[str, Any], bytes, list[int]] | None:
        if len(self._received) < LENGTHS.size:
            return None
        head_bytes, body_bytes = LENGTHS.unpack_from(self._received)
        if head_bytes > HEAD_BYTES or body_bytes > BODY_BYTES:
            raise ProtocolError(f"a frame of {head_bytes} + {body_bytes} bytes is announced, which is too large")
        body_at = LENGTHS.size + head_bytes
        if len(self._received) < body_at + body_bytes:
            return None
        try:
            head = json.loads(self._received[LENGTHS.size : body_at])
            given = [self._descriptors.popleft() for _ in range(head.pop("descriptors", 0))]
        except (ValueError, AttributeError, TypeError, IndexError, RecursionError) as error:
            raise ProtocolError(f"not a frame: {error}") from None
        body = bytes(self._received[body_at : body_at + body_bytes])
        del self._received[: body_at + body_bytes]
        return head, body, given

    async def _receive_more(self) -> None:
        while True:
            try:
                if self._socket:
                    data, descriptors, _, _ = socket.recv_fds(self._socket, BODY_BYTES, MAX_DESCRIPTORS)
                    self._descriptors.extend(descriptors)
                    for descriptor in descriptors:
                        os.set_inheritable(descriptor, False)
                else:
                    data = os.read(self._incoming, BODY_BYTES)
            except BlockingIOError:
                if self._error:
                    raise self._error from None
                await ready(self._incoming)
                continue
            if not data:
                raise EOFError("the connection has ended")
            self._received += data
            return

    async def send(self, head: dict[str, Any], body: bytes = b"", descriptors: Collection[int] = ()) -> None:
        """Send a frame, as soon as the previous ones are nearly sent.

        A cancelled call sends all of it or nothing. An error ends the connection, which `receive` reports.
        """
        if descriptors:
            head = {**head, "descriptors": len(descriptors)}
        encoded = json.dumps(head).encode()
        if len(encoded) > HEAD_BYTES or len(body) > BODY_BYTES:
            raise ValueError(f"a frame of {len(encoded)} + {len(body)} bytes is too large")
        while not self._room.is_set():
            await self._room.wait()
        if self._error:
            return
        self._put(LENGTHS.pack(len(encoded), len(body)) + encoded + body, [os.dup(each) for each in descriptors])

    def _put(self, data: bytes, descriptors: list[int] | None = None) -> None:
        self._unsent.append((memoryview(data), descriptors or []))
        self._flush()

    def _flush(self) -> None:
        try:
            while self._unsent and not self._error:
                data, descriptors = self._unsent[0]
                if descriptors and self._socket:
                    sent = socket.send_fds(self._socket, [data], descriptors)
                else:
                    sent = os.write(self._outgoing, data)
                close_all(descriptors)
                self._unsent[0] = data[sent:], []
                if sent == len(data):
                    self._unsent.popleft()
        except BlockingIOError:
            self._loop.add_writer(self._outgoing, self._flush)
        except OSError as error:
            self._fail(error)
        else:
            self._loop.remove_writer(self._outgoing)
        if self._error or sum(len(data) for data, _ in self._unsent) < BODY_BYTES:
            self._room.set()
        else:
            self._room.clear()

    def _fail(self, error: OSError) -> None:
        """Discard what is not sent."""
        self._error = self._error or error
        self._loop.remove_writer(self._outgoing)
        for _, descriptors in self._unsent:
            close_all(descriptors)
        self._unsent.clear()
        self._room.set()

    def close(self) -> None:
        """End the connection, after the last `receive`."""
        if self._incoming < 0:
            return
        self._fail(ConnectionError("the connection was closed"))
        if self._socket:
            self._socket.close()
        close_all({self._incoming, self._outgoing} | set(self._descriptors))
        self._incoming = self._outgoing = -1


def _shown(noise: bytearray, before: str = "") -> str:
    return before + repr(bytes(noise[-200:]).decode(errors="replace")) if noise else ""


def close_all(descriptors: Collection[int]) -> None:
    """Close file descriptors."""
    for descriptor in descriptors:
        os.close(descriptor)


async def ready(descriptor: int, *, writable: bool = False) -> None:
    """Wait until a file descriptor can be read or written."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    (loop.add_writer if writable else loop.add_reader)(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        (loop.remove_writer if writable else loop.remove_reader)(descriptor)
