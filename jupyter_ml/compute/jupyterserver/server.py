# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests to another Jupyter server, with errors in one sentence."""

from __future__ import annotations

import ipaddress
import json
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.netutil import DefaultLoopResolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.websocket import websocket_connect

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tornado.websocket import WebSocketClientConnection

__all__ = ["JupyterServer"]

TIMEOUT_S = 30.0
MAX_BYTES = 16 * 1024**2
"""Of a response, and of a message."""
METADATA = ipaddress.ip_address("fd00:ec2::254")
"""Where machines of a cloud get their own credentials; the others are link-local."""


class JupyterServer:
    """A Jupyter server, by its URL and token.

    Parameters
    ----------
    url
        Its URL with its base path, such as JupyterHub's ``https://HOST/user/NAME/``.
    token
        Returns the token of the moment.
    ca_file
        A file with the certificates that vouch for it, instead of those of this machine.
    """

    def __init__(self, url: str, token: Callable[[], str], ca_file: str | None = None) -> None:
        self._url, self._token, self._ca_file = url.rstrip("/"), token, ca_file

    async def check(self) -> None:
        """Raise UnavailableError unless it is a Jupyter server that accepts the token and has terminals."""
        about = await self.request("GET", "api")
        if not isinstance(about, dict) or "version" not in about:
            raise UnavailableError(f"{self._url} is not a Jupyter server: write its URL as it is shown where it starts")
        await self.request("GET", "api/terminals")

    async def request(self, method: str, path: str, body: object = None) -> Any:
        """Return what a request to its REST API returns.

        Raises
        ------
        UnavailableError
            When it does not answer, or refuses.
        """
        client = SimpleAsyncHTTPClient(force_instance=True, resolver=_Resolver(), max_body_size=MAX_BYTES)
        try:
            content = None if body is None else json.dumps(body)
            response = await client.fetch(self._request(f"{self._url}/{path}", method=method, body=content))
            return json.loads(response.body) if response.body else None
        except ValueError:
            raise UnavailableError(f"{self._url} is not a Jupyter server: {path} returns no JSON") from None
        except (HTTPClientError, OSError) as error:
            raise UnavailableError(self._problem(error, path)) from error
        finally:
            client.close()

    async def connect(self, path: str) -> WebSocketClientConnection:
        """Open a WebSocket; UnavailableError as for `request`."""
        scheme, rest = self._url.split(":", 1)
        url = f"{'wss' if scheme.lower() == 'https' else 'ws'}:{rest}/{path}"
        try:
            return await websocket_connect(self._request(url), max_message_size=MAX_BYTES, resolver=_Resolver())
        except (HTTPClientError, OSError) as error:
            raise UnavailableError(self._problem(error, path)) from error

    def _request(self, url: str, **more: Any) -> HTTPRequest:
        return HTTPRequest(
            url,
            headers={"Authorization": f"token {self._token()}"},
            ca_certs=self._ca_file,
            connect_timeout=TIMEOUT_S,
            request_timeout=TIMEOUT_S,
            follow_redirects=False,  # the token is for this server only
            **more,
        )

    def _problem(self, error: Exception, path: str) -> str:
        server = f"the Jupyter server {self._url}"
        if isinstance(error, ssl.SSLError):
            reason = getattr(error, "verify_message", None) or error.reason or error
            return f"the certificate of {server} is not accepted ({reason}): set ca_file, or see that url has its name"
        if not isinstance(error, HTTPClientError) or error.code == 599:
            return f"{server} cannot be reached: {error}"
        return self._refusal(error, path)

    def _refusal(self, error: HTTPClientError, path: str) -> str:
        server = f"the Jupyter server {self._url}"
        if error.code in (401, 403):
            return (
                f"{server} does not accept the token ({error.code}), which may have expired: "
                "store another one with jupyter ml vault set NAME, where NAME is that in token_secret"
            )
        if error.code in range(300, 400):
            target = urlsplit(error.response.headers.get("Location", "") if error.response else "")
            shown = quote(f"{target.netloc}{target.path}"[:200], safe="/:")
            return (
                f"{server} redirects to {shown}, where the token is not sent: set url to the address of the server "
                "itself, e.g. https://HOST/user/NAME/ on JupyterHub, and see that it runs"
            )
        if error.code == 404 and path == "api/terminals":
            return (
                f"{server} has no terminals, through which its machine is used: set ServerApp.terminals_enabled = True "
                "in its configuration, and install jupyter-server-terminals there"
            )
        if error.code == 404:
            return f"{self._url} is not a Jupyter server (404 for {path}): set url with its base path"
        return f"{server} fails: {error}"


class _Resolver(DefaultLoopResolver):
    """Finds addresses, but not those where a machine of a cloud has credentials."""

    async def resolve(self, host: str, port: int, family: Any = 0) -> list[tuple[int, Any]]:
        found = await super().resolve(host, port, family)
        for address in _addresses(found):
            if address.is_link_local or address == METADATA:
                raise OSError(f"{host} is the address {address} of a machine's metadata, which is not used")
        return found


def _addresses(found: list[tuple[int, Any]]) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for _, (host, *_rest) in found:
        address = ipaddress.ip_address(host.partition("%")[0])
        yield getattr(address, "ipv4_mapped", None) or address
