"""A client of a kernel that misses no message.

zmq.asyncio waits on a descriptor that tells of each change once (see "ZMQ_FD" in
https://libzmq.readthedocs.io/en/latest/zmq_getsockopt.html). jupyter_client's `Session` sends past the asynchronous
socket, through a shadow of it. When a message arrives in that moment, libzmq takes note of it while it sends, the
descriptor has nothing more to tell, and whoever waits for the message waits for ever.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Client", "receive"]

LOOK_S = 0.25
"""How long a wake-up is relied on, before the socket itself is asked."""


class _Channel(AsyncZMQSocketChannel):
    def send(self, msg: dict[str, Any]) -> None:
        """Send a message, and have the asynchronous socket look at what came in meanwhile."""
        super().send(msg)
        self.socket.get(zmq.EVENTS)  # which schedules the waiting receivers


class Client(AsyncKernelClient):
    """An `AsyncKernelClient` whose sends cost no receiver its wake-up."""

    shell_channel_class = Type(_Channel)
    control_channel_class = Type(_Channel)


async def receive(get: Callable[..., Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Return the next message of a channel; `get` is one of the client's ``get_…_msg``."""
    while True:
        with suppress(Empty):
            return await get(timeout=LOOK_S)
