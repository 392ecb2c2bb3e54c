# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Proxy MLflow's own UI at ``/jupyter-ml/mlflow``, for users who are logged in to Jupyter."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httpclient import HTTPRequest
from tornado.netutil import Resolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from jupyter_ml.errors import JupyterMLError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from jupyter_ml.server.app import App

__all__ = ["MLFLOW_UI", "MlflowHandler"]

MLFLOW_UI = "/jupyter-ml/mlflow"
RESOURCE = "jupyter_ml:mlflow"
MAX_BYTES = 1024**4
TIMEOUT_S = 600.0
REQUEST_HEADERS = ("Accept", "Accept-Language", "Content-Type", "If-Modified-Since", "If-None-Match", "Range")
"""Neither cookies nor tokens of Jupyter are sent to MLflow."""
RESPONSE_HEADERS = (
    "Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Language", "Content-Length", "Content-Range",
    "Content-Type", "ETag", "Last-Modified",
)  # fmt: skip
READING = frozenset({"graphql", "search", "search-datasets"})
"""Last parts of paths to which MLflow's UI sends POST requests that change nothing."""


class _SocketResolver(Resolver):
    def initialize(self, path: Path) -> None:
        self._path = path

    async def resolve(self, *_: Any, **__: Any) -> list[tuple[int, Any]]:
        return [(socket.AF_UNIX, str(self._path))]


class MlflowHandler(JupyterHandler):
    """Requests of MLflow's UI."""

    auth_resource = RESOURCE

    def initialize(self, app: App) -> None:
        """Store the extension app; called by Tornado."""
        self.app = app

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Forward a request that reads."""
        await self._forward(path)

    @web.authenticated
    @authorized
    async def head(self, path: str) -> None:
        """Forward a request that reads."""
        await self._forward(path)

    @web.authenticated
    def post(self, path: str) -> Awaitable[None] | None:
        """Forward a request that reads or changes something."""
        reads = path.rpartition("/")[2] in READING
        forward: Awaitable[None] | None = self._read(path) if reads else self._write(path)
        return forward

    @web.authenticated
    @authorized
    async def put(self, path: str) -> None:
        """Forward a request that changes something."""
        await self._forward(path)

    @web.authenticated
    @authorized
    async def patch(self, path: str) -> None:
        """Forward a request that changes something."""
        await self._forward(path)

    @web.authenticated
    @authorized
    async def delete(self, path: str) -> None:
        """Forward a request that changes something."""
        await self._forward(path)

    @authorized(action="read", resource=RESOURCE)  # type: ignore[untyped-decorator]
    async def _read(self, path: str) -> None:
        await self._forward(path)

    @authorized(action="write", resource=RESOURCE)  # type: ignore[untyped-decorator]
    async def _write(self, path: str) -> None:
        await self._forward(path)

    async def _forward(self, path: str) -> None:
        prefix = url_path_join(self.base_url, MLFLOW_UI)
        if not path:
            self.redirect(f"{prefix}/")
            return
        try:
            place = await asyncio.get_running_loop().run_in_executor(self.app.threads, self._socket, prefix)
        except JupyterMLError as error:
            raise web.HTTPError(503, str(error)) from error
        if path == "/":  # the UI sends what such a cookie contains as a header
            self.set_cookie("mlflow-request-header-X-XSRFToken", self.xsrf_token, path=prefix, samesite="Strict")
        elif not path.startswith("/static-files/"):  # e.g. an artifact, which a browser must never run as a page
            self.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
        await self._send(place)

    def _socket(self, prefix: str) -> Path:
        if not self.app.workspace.tracking_ui.installed():
            raise web.HTTPError(501, "the UI of MLflow is not installed: pip install 'jupyter-ml[mlflow]'")
        return self.app.workspace.tracking_ui.socket(prefix)

    async def _send(self, place: Path) -> None:
        request = self.request
        headers = {name: request.headers[name] for name in REQUEST_HEADERS if name in request.headers}
        client = SimpleAsyncHTTPClient(
            force_instance=True, resolver=_SocketResolver(path=place), max_body_size=MAX_BYTES, max_buffer_size=1024**2
        )
        try:
            response = await client.fetch(
                HTTPRequest(
                    f"http://127.0.0.1{request.uri}",
                    method=request.method or "GET",
                    headers=headers,
                    body=request.body if request.method in ("POST", "PUT", "PATCH") else None,
                    allow_nonstandard_methods=True,
                    follow_redirects=False,
                    decompress_response=False,
                    request_timeout=TIMEOUT_S,
                    header_callback=self._set_header,
                    streaming_callback=self._write_chunk,
                ),
                raise_error=False,
            )
        finally:
            client.close()
        if not self._headers_written:
            self.set_status(response.code)
        await self.finish()

    def _set_header(self, line: str) -> None:
        if line.startswith("HTTP/"):
            self.set_status(int(line.split()[1]))
            return
        name, _, value = line.strip().partition(": ")
        known = {each.lower(): each for each in RESPONSE_HEADERS}.get(name.lower())
        if known:
            self.set_header(known, value)

    async def _write_chunk(self, chunk: bytes) -> None:
        self.write(chunk)
        await self.flush()
