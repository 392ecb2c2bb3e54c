# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A web application that a job runs: ``python service_app.py``; its port is in the file ``port``."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tornado import web, websocket
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

GO = asyncio.Event()


class Seen(web.RequestHandler):
    """Return what came."""

    def get(self, path: str) -> None:
        request = self.request
        self.set_header("Clear-Site-Data", '"*"')
        self.set_header("Access-Control-Allow-Origin", "https://app.example")
        self.set_header("Content-Security-Policy", "default-src 'self'")
        self.set_cookie("session", "1")
        self.write({"uri": request.uri, "headers": dict(request.headers), "body": request.body.decode(), "path": path})

    post = put = get

    def delete(self, path: str) -> None:
        self.set_status(204)


class Stream(web.RequestHandler):
    """Send a part of the body, and the rest when the client has asked for `/go`."""

    async def get(self) -> None:
        self.write("first ")
        await self.flush()
        await GO.wait()
        self.write("last")

    def post(self) -> None:
        GO.set()


class Broken(web.RequestHandler):
    """Close the connection in the middle of the response."""

    async def get(self) -> None:
        self.set_header("Content-Length", "100")
        self.write("half")
        await self.flush()
        self.detach().close()


class Large(web.RequestHandler):
    """Send 20 MB."""

    async def get(self) -> None:
        for _ in range(20):
            self.write(b"x" * 1024**2)
            await self.flush()


class Echo(websocket.WebSocketHandler):
    """Send each message back."""

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message, binary=isinstance(message, bytes))


async def serve(port: int) -> None:
    app = web.Application(
        [
            ("/redirect", web.RedirectHandler, {"url": "/target?a=1"}),
            ("/away", web.RedirectHandler, {"url": "https://example.org/x"}),
            ("/stream", Stream),
            ("/broken", Broken),
            ("/large", Large),
            ("/ws", Echo),
            ("/(.*)", Seen),
        ]
    )
    server = HTTPServer(app)
    server.add_sockets(bind_sockets(port, "127.0.0.1"))
    await asyncio.Event().wait()


asyncio.run(serve(int(Path("port").read_text())))
