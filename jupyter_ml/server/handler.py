# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What every handler shares, and the one decorator that makes a method an operation of the API."""

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
    """One operation of the API; `signature_of` reads from its signature what it takes and returns."""

    operation_id: str
    """Its name in the API's description and in clients."""
    method: Callable[..., Any]
    status: int
    location: str | None
    """Path of what was made, with fields of the answer in braces."""
    large: bool
    """Whether a response may take much memory: only few of these are worked on at a time, however many ask."""

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (self.method.__doc__ or "").partition("\n")[0].rstrip(".")


class Handler(APIHandler):
    """A resource of the API."""

    large = False
    """Whether the response may take much memory (`Operation.large`)."""

    def initialize(self, app: JupyterMLApp) -> None:
        """Take the extension that this handler belongs to."""
        self.app = app

    @property
    def workspace(self) -> Workspace:
        """The workspace, opened on first use: ask for it in a thread."""
        return self.app.workspace

    async def in_thread(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Run what blocks, beside the event loop; 503 where the server is about to stop."""
        threads = self.app.large_threads if self.large else self.app.threads
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, call, *arguments)
        except (Exception, asyncio.CancelledError) as error:
            if not self.app.stopping:
                raise  # else it has found closed what it needed
            raise web.HTTPError(503, "the server stops; jobs go on") from error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer in our one shape, whoever refuses."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        message = (error.reason or error.log_message) if isinstance(error, web.HTTPError) else None
        if status_code >= 500 and message is None:
            message = "the server could not do this; its log says why"
        self.finish(from_status(status_code, message))


class NotFoundHandler(Handler):
    """What there is at every other address below ours."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Say that there is nothing."""
        await super().prepare()
        raise web.HTTPError(404, f"there is nothing at {self.request.path}")


def operation(
    operation_id: str, *, status: int = 200, location: str | None = None, large: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[None] | None]]:
    """Make a method an operation of the API; see `Operation` for the parameters.

    The method gets what stands in the path, and ``query`` and ``body`` as schemas. It blocks as long as it likes, since
    it runs in a thread; so do parsing and encoding. Authorization is asked for in each concrete handler, because
    Jupyter's decorator remembers the first resource that it sees.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Awaitable[None] | None]:
        description = Operation(operation_id, method, status, location, large)

        @web.authenticated
        @authorized
        @wraps(method)
        async def handle(self: Handler, **path: str) -> None:
            """Answer one request."""
            self.large = large
            answer = await self.in_thread(_call, self, description, path)
            await answer.send(self)

        handle.operation = description  # type: ignore[attr-defined]
        return handle

    return decorate


def _call(handler: Handler, operation: Operation, path: dict[str, str]) -> Response:
    from jupyter_ml.server.dispatch import dispatch  # brings pydantic and all shapes, at the first request

    return dispatch(handler, operation, path)
