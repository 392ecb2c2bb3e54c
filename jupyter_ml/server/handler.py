# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The base class of all handlers, and the decorator that declares a method as an operation of the API."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_ml.server.errors import from_status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyter_ml.server.extension import JupyterMLApp
    from jupyter_ml.server.responses import Response
    from jupyter_ml.services.workspace import Workspace

__all__ = ["Handler", "NotFoundHandler", "Operation", "operation"]


@dataclass(frozen=True)
class Operation:
    """An operation of the API; `signature_of` returns its parameters and its result."""

    operation_id: str
    """``operationId`` in the OpenAPI document."""
    method: Callable[..., Any]
    status: int
    location: str | None
    """Path of the created resource, with fields of the result in braces."""
    large: bool
    """Whether a response may need much memory; few of these are processed at the same time."""

    @property
    def summary(self) -> str:
        """First line of the method's docstring."""
        return (self.method.__doc__ or "").partition("\n")[0].rstrip(".")


class Handler(APIHandler):
    """Base class of the API's handlers."""

    large = False
    """Whether the response may take much memory (`Operation.large`)."""

    def initialize(self, app: JupyterMLApp) -> None:
        """Store the extension app; called by Tornado."""
        self.app = app

    @property
    def workspace(self) -> Workspace:
        """The workspace, which is opened on first use: access it in a thread."""
        return self.app.workspace

    async def in_thread(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Run a blocking call in a thread; raise 503 while the server is stopping."""
        threads = self.app.large_threads if self.large else self.app.threads
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, call, *arguments)
        except (Exception, asyncio.CancelledError) as error:
            if not self.app.stopping:
                raise
            raise web.HTTPError(503, "the server is stopping; jobs continue") from error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send errors of Tornado and Jupyter Server in the API's JSON format."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        message = (error.reason or error.log_message) if isinstance(error, web.HTTPError) else None
        if status_code >= 500 and message is None:
            message = "internal server error; see the server's log"
        self.finish(from_status(status_code, message))


class NotFoundHandler(Handler):
    """Answer 404 for every other path of the API."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse the request."""
        await super().prepare()
        raise web.HTTPError(404, f"not found: {self.request.path}")


def operation(
    operation_id: str, *, status: int = 200, location: str | None = None, large: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[None] | None]]:
    """Declare a method as an operation of the API; see `Operation` for the parameters.

    The method is called with the parameters of the path, and with ``query`` and ``body`` as schemas. It may block: it
    runs in a thread, as do parsing and encoding. `authorized` is applied to each method, because Jupyter's decorator
    remembers the first resource that it sees.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Awaitable[None] | None]:
        description = Operation(operation_id, method, status, location, large)

        @web.authenticated
        @authorized
        @wraps(method)
        async def handle(self: Handler, **path: str) -> None:
            self.large = large
            response = await self.in_thread(_dispatch, self, description, path)
            await response.send(self)

        handle.operation = description  # type: ignore[attr-defined]
        return handle

    return decorate


def _dispatch(handler: Handler, operation: Operation, path: dict[str, str]) -> Response:
    from jupyter_ml.server.dispatch import dispatch  # imports pydantic and all schemas, at the first request

    return dispatch(handler, operation, path)
