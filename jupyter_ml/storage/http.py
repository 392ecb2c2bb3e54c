# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read files of a web server, and send its credentials nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from fsspec.implementations.http import HTTPFileSystem
from yarl import URL

if TYPE_CHECKING:
    from jupyter_ml.schemas.connections import Connection

__all__ = ["open_http"]

CONNECT_S, READ_S = 10, 60
PREFIX = "headers."


def open_http(connection: Connection) -> HTTPFileSystem:
    """Return the file system; with credentials it does not follow redirects to another server."""
    headers = {name.removeprefix(PREFIX): value for name, value in connection.credentials.items()}
    options: dict[str, Any] = {"timeout": aiohttp.ClientTimeout(sock_connect=CONNECT_S, sock_read=READ_S)}
    if headers:
        options |= {"headers": headers, "middlewares": (_stay_on_server,)}
    return HTTPFileSystem(client_kwargs=options, use_listings_cache=False, skip_instance_cache=True)


async def _stay_on_server(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    response = await handler(request)
    location = response.headers.get("Location")
    if location is not None and response.status in range(300, 400):
        target = request.url.join(URL(location))
        if target.origin() != request.url.origin():
            response.close()
            raise OSError(
                f"{request.url.origin()} redirects to {target.origin()}, and the credentials are for the first server "
                "only: set url to the address that the data has now"
            )
    return response
