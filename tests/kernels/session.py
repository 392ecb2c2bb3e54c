# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel of a Jupyter server, as a front end uses it: REST requests, and messages over a WebSocket."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import suppress
from typing import Any

from jupyter_server.services.kernels.connection.base import deserialize_binary_message, serialize_binary_message
from tornado.httpclient import HTTPClientError

TIMEOUT_S = 180.0


class Session:
    """A kernel and a connection to it."""

    def __init__(self, fetch: Any, kernel: str, socket: Any) -> None:
        self._fetch, self.kernel, self._socket = fetch, kernel, socket

    @classmethod
    async def start(cls, fetch: Any, connect: Any, name: str) -> Session:
        """Start a kernel and connect to it."""
        body = json.dumps({"name": name})
        response = await fetch("api", "kernels", method="POST", body=body, request_timeout=TIMEOUT_S)
        kernel = json.loads(response.body)["id"]
        socket = await connect("api", "kernels", kernel, "channels", max_message_size=100 * 1024**2)
        return cls(fetch, kernel, socket)

    async def post(self, action: str) -> None:
        """Interrupt or restart the kernel."""
        await self._fetch("api", "kernels", self.kernel, action, method="POST", body="", request_timeout=TIMEOUT_S)

    async def shutdown(self) -> None:
        """Shut the kernel down."""
        await self._fetch("api", "kernels", self.kernel, method="DELETE", request_timeout=TIMEOUT_S)

    async def close(self) -> None:
        """Close the connection, and shut the kernel down if that was not done."""
        self._socket.close()
        with suppress(HTTPClientError):
            await self.shutdown()

    async def send(self, channel: str, kind: str, content: dict[str, Any], buffers: list[bytes] | None = None) -> str:
        """Send a message, and return its ID."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": kind, "username": "", "session": "tests", "version": "5.3"}
        message = {
            "header": header, "parent_header": {}, "metadata": {}, "content": content,
            "channel": channel, "buffers": buffers or [],
        }  # fmt: skip
        if buffers:
            await self._socket.write_message(serialize_binary_message(message), binary=True)
        else:
            await self._socket.write_message(json.dumps(message))
        return number

    async def receive(self, kind: str, to: str | None = None) -> dict[str, Any]:
        """Return the next message of a type, e.g. that which replies to another one; others are dropped."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                message = await self._next()
                if message["header"]["msg_type"] == kind and to in (None, message["parent_header"].get("msg_id")):
                    return message

    async def _next(self) -> dict[str, Any]:
        received = await self._socket.read_message()
        assert received is not None, "the server has closed the connection"
        message: dict[str, Any] = (
            deserialize_binary_message(received) if isinstance(received, bytes) else json.loads(received)
        )
        return message

    async def execute(self, code: str, **content: Any) -> str:
        """Send code to execute, and return the ID of the request."""
        return await self.send(
            "shell", "execute_request", {"code": code, "silent": False, "stop_on_error": False, **content}
        )

    async def run(self, code: str) -> str:
        """Execute code, and return what it prints."""
        number, printed = await self.execute(code), []
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                message = await self._next()
                kind, content = message["header"]["msg_type"], message["content"]
                if message["parent_header"].get("msg_id") != number:
                    continue
                if kind == "stream":
                    printed.append(content["text"])
                elif kind == "error":
                    raise AssertionError(content["traceback"])
                elif kind == "status" and content["execution_state"] == "idle":
                    return "".join(printed)

    async def responds(self) -> None:
        """Wait until the kernel replies, also if requests are lost while connections are created again."""
        for _ in range(int(TIMEOUT_S)):
            number = await self.send("shell", "kernel_info_request", {})
            with suppress(TimeoutError):
                await asyncio.wait_for(self._replied(number), 1)
                return
        raise AssertionError("the kernel does not reply")

    async def _replied(self, number: str) -> None:
        """Wait for a reply and for the broadcast that the kernel is idle, which come over two connections."""
        missing = {"kernel_info_reply", "status"}
        while missing:
            message = await self._next()
            if message["parent_header"].get("msg_id") == number:
                idle = message["content"].get("execution_state", "idle") == "idle"
                missing -= {message["header"]["msg_type"]} if idle else set()
