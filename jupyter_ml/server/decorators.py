# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The decorator that declares a method of a handler as an operation of the API."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_ml.server.operations import Operation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyter_ml.server.handler import Handler
    from jupyter_ml.server.operations import OperationSignature
    from jupyter_ml.server.responses import Response

__all__ = ["operation"]


def operation(
    operation_id: str,
    *,
    status: int = 200,
    location: str | None = None,
    large: bool = False,
    reads: str | None = None,
    summary: str | None = None,
    signature: Callable[[], OperationSignature] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[None] | None]]:
    """Declare a method as an operation of the API; see `Operation` for the parameters.

    The summary is the first line of the method's docstring by default, and the signature that of its annotations.
    The method is called with the parameters of the path, and with ``query`` and ``body`` as schemas. It may block: it
    runs in a thread, as do parsing and encoding. `authorized` is applied to each method, because Jupyter's decorator
    remembers the first resource that it sees.
    """
    for_what_it_reads = authorized(action="read", resource=reads) if reads else _unrestricted

    def decorate(method: Callable[..., Any]) -> Callable[..., Awaitable[None] | None]:
        line = summary or (method.__doc__ or "").partition("\n")[0].rstrip(".")
        description = Operation(operation_id, method, status, location, large, line, reads, signature)

        @web.authenticated
        @authorized
        @for_what_it_reads
        @wraps(method)
        async def handle(self: Handler, **path: str) -> None:
            self.large = large
            response = await self.in_thread(_dispatch, self, description, path)
            await response.send(self)

        handle.operation = description  # type: ignore[attr-defined]
        return handle

    return decorate


def _unrestricted(handle: Callable[..., Any]) -> Callable[..., Any]:
    return handle


def _dispatch(handler: Handler, operation: Operation, path: dict[str, str]) -> Response:
    from jupyter_ml.server.dispatch import dispatch  # imports pydantic and all schemas, at the first request

    return dispatch(handler, operation, path)
