# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Serve the services of running jobs at ``/jupyter-ml/services/JOB/SERVICE/``, for users who may execute code."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus, urlsplit

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import HTTPHeaders

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.names import SERVICES_PATH
from jupyter_ml.server.errors import describe
from jupyter_ml.server.forwarding import forward, is_upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.server.app import App
    from jupyter_ml.services.jobs.service_connections import ServiceConnection

__all__ = ["JobServiceHandler"]

HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding "
    "upgrade".split()
)
PRIVATE = frozenset("authorization cookie x-xsrftoken origin referer host content-length expect forwarded".split())
"""What a service does not get: credentials of Jupyter Server, and where it is."""
REFUSED = frozenset(
    "set-cookie set-cookie2 clear-site-data service-worker-allowed strict-transport-security alt-svc server date "
    "report-to reporting-endpoints nel content-security-policy-report-only".split()
)
"""What a service does not decide for the origin of Jupyter Server."""


class JobServiceHandler(JupyterHandler):
    """Requests to a service."""

    auth_resource = "jupyter_ml:services"

    def initialize(self, app: App) -> None:
        """Store the extension app; called by Tornado."""
        self.app = app

    def check_xsrf_cookie(self) -> None:
        """Accept requests of pages of this origin without the token, which applications do not send."""
        origin = urlsplit(self.request.headers.get("Origin", "")).netloc
        if not origin or origin.lower() != self.request.host.lower():
            super().check_xsrf_cookie()

    def compute_etag(self) -> None:
        """Leave etags to the service."""

    @web.authenticated
    @authorized(action="execute")  # type: ignore[untyped-decorator]
    async def get(self, job: str, service: str, path: str | None) -> None:
        """Forward a request, or open a WebSocket."""
        if is_upgrade(self) and not self.check_origin():
            raise web.HTTPError(403, "a page of another site cannot open a WebSocket")
        await self._forward(job, service, path)

    head = post = put = patch = delete = get

    async def _forward(self, job: str, service: str, path: str | None) -> None:
        if len(self.request.body) > self.app.max_body_bytes:
            raise web.HTTPError(413, f"the request has more than {self.app.max_body_bytes} bytes")
        self._prefix = url_path_join(self.base_url, SERVICES_PATH, quote(job, safe=""), quote(service, safe=""))
        if path is None:
            self.redirect(f"{self._prefix}/")
            return
        try:
            found = await asyncio.get_running_loop().run_in_executor(self.app.threads, self._connection, job, service)
            place = await found.open()
        except JupyterMLError as error:
            raise web.HTTPError(describe(error, "")[0], str(error)) from error
        await forward(self, place, self._target(found), self._request_headers(), self._response_headers)

    def _connection(self, job: str, service: str) -> ServiceConnection:
        return self.app.workspace.service_connections.find(job, service)

    def _target(self, found: ServiceConnection) -> str:
        """Return path and query as the client has written them, but for the prefix and the token."""
        path, _, query = (self.request.uri or "").partition("?")
        rest = path.split("/", self._prefix.count("/") + 1)[-1]
        query = "&".join(each for each in query.split("&") if unquote_plus(each.partition("=")[0]) != "token")
        return f"{self._prefix if found.keeps_prefix else ''}/{rest}{'?' if query else ''}{query}"

    def _request_headers(self) -> HTTPHeaders:
        headers, given = HTTPHeaders(), self.request.headers
        for name, value in _passed(given, PRIVATE):
            if not name.lower().startswith("x-forwarded-"):
                headers.add(name, value)
        headers["Host"] = "localhost"
        headers["X-Forwarded-Prefix"] = self._prefix
        headers["X-Forwarded-Host"] = self.request.host
        headers["X-Forwarded-Proto"] = self.request.protocol
        return headers

    def _response_headers(self, headers: HTTPHeaders) -> Iterator[tuple[str, str]]:
        self.clear_header("Content-Type")
        self.clear_header("Date")
        self.clear_header("X-Content-Type-Options")
        for name, value in _passed(headers, REFUSED):
            if not name.lower().startswith("access-control-"):
                yield name, self._below(value) if name.lower() == "location" else value

    def _below(self, location: str) -> str:
        """Return where a redirect leads in the browser."""
        parts = urlsplit(location)
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
            return location
        inside = f"{parts.path}/".startswith(f"{self._prefix}/")
        path = parts.path if inside else f"{self._prefix}{parts.path}"
        return parts._replace(scheme="", netloc="", path=path).geturl()


def _passed(headers: HTTPHeaders, but: frozenset[str]) -> Iterator[tuple[str, str]]:
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    for name, value in headers.get_all():
        if name.lower() not in HOP_BY_HOP | but | named:
            yield name, value
