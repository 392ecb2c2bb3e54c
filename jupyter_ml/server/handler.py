# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The base class of all handlers."""

from __future__ import annotations

import asyncio
import threading
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web

from jupyter_ml.server.errors import from_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_ml.server.app import App
    from jupyter_ml.services.workspace import Workspace

__all__ = ["Handler", "NotFoundHandler"]


class Handler(APIHandler):
    """Base class of the API's handlers."""

    large = False
    """Whether the response may take much memory (`Operation.large`)."""

    def initialize(self, app: App) -> None:
        """Store the extension app; called by Tornado."""
        self.app = app
        self._loop = asyncio.get_running_loop()
        self.disconnected = threading.Event()
        """Set when the client no longer waits for the response."""

    def readable(self, resources: Iterable[str]) -> set[str]:
        """Return those resources of the authorizer that the user may read; call it in a thread."""

        async def ask() -> set[str]:
            allows = partial(self.authorizer.is_authorized, self, self.current_user, "read")
            return {each for each in resources if await ensure_async(allows(each))}

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result()

    def on_connection_close(self) -> None:
        """Note that the client has disconnected."""
        self.disconnected.set()
        super().on_connection_close()

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, the same for the whole request. It is opened on first use: access it in a thread."""
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
