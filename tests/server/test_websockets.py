# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connections of clients to kernels."""

from __future__ import annotations

import asyncio
import json
import socket

from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from jupyter_ml.server.websockets import SETTING, send_at_once
from tests.workspaces import TIMEOUT_S


async def test_messages_of_a_kernel_are_not_collected(fetch, jp_ws_fetch):
    response = await fetch("/api/kernels", method="POST", body="{}")
    kernel = json.loads(response.body)["id"]
    client = await jp_ws_fetch("api", "kernels", kernel, "channels")

    message = await asyncio.wait_for(client.read_message(), TIMEOUT_S)
    (connection,) = ZMQChannelsWebsocketConnection._open_sockets
    sending = connection.websocket_handler.ws_connection.stream.socket

    assert json.loads(message)["msg_type"] == "status"
    assert sending.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    client.close()
    await fetch(f"/api/kernels/{kernel}", method="DELETE")


def test_another_class_of_connections_is_kept():
    settings = {SETTING: GatewayWebSocketConnection}

    send_at_once(settings)

    assert settings == {SETTING: GatewayWebSocketConnection}
