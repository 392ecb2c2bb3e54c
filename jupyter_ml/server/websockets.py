# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Send what kernels output at once.

Tornado lets the system collect small messages. Once one is sent, the others wait until the client has confirmed it, for
which systems take 40 ms: all but the first message of each cell came so late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

if TYPE_CHECKING:
    from asyncio import Future
    from typing import Any

__all__ = ["send_at_once"]

SETTING = "kernel_websocket_connection_class"


class _Prompt(ZMQChannelsWebsocketConnection):
    """Jupyter Server's connection of a client to a kernel, whose messages the system does not collect."""

    def connect(self) -> Future[Any] | None:  # type: ignore[override]  # as it is in Jupyter Server
        self.websocket_handler.set_nodelay(True)
        return super().connect()


def send_at_once(settings: dict[str, Any]) -> None:
    """Change the settings of a server, unless another class of connections is configured."""
    if settings[SETTING] is ZMQChannelsWebsocketConnection:
        settings[SETTING] = _Prompt
