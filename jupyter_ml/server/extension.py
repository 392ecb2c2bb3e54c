# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The extension of Jupyter Server: its settings, and how its parts are put together."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_escape, url_path_join
from traitlets import Int, Unicode, default

from jupyter_ml.server.handler import NotFoundHandler
from jupyter_ml.server.routes import BASE, ROUTES, pattern

if TYPE_CHECKING:
    from jupyter_events import EventLogger
    from jupyter_server.serverapp import ServerApp

    from jupyter_ml.server.relay import Relay
    from jupyter_ml.services.workspace import Workspace

__all__ = ["EVENTS", "JupyterMLApp"]

EVENTS = tuple(Path(__file__).parent / "events" / name / "v1.yaml" for name in ("job", "job_progress", "experiment"))
"""Descriptions of what is told over Jupyter's event stream."""


class JupyterMLApp(ExtensionApp):
    """Jobs and experiments inside Jupyter Server.

    It writes wishes and tells facts: closing the server ends no job.
    """

    name = "jupyter_ml"
    serverapp: ServerApp

    workspace_path = Unicode(
        help="""Folder of the workspace, or the folder that holds its .jupyter-ml.

        When empty: JUPYTER_ML_WORKSPACE, else the nearest .jupyter-ml from the server's root upwards, else the user's
        default workspace.
        """
    ).tag(config=True)
    max_body_bytes = Int(
        10 * 1024**2, min=1024, help="Largest body of a request, in bytes; larger ones are refused."
    ).tag(config=True)
    max_threads = Int(
        16, min=1, help="How many requests are worked on at the same time; the others wait for their turn."
    ).tag(config=True)

    max_large = Int(
        4,
        min=1,
        help="How many requests for logs, notebooks and lists, which take memory, are worked on at the same time.",
    ).tag(config=True)

    @default("open_browser")
    def _default_open_browser(self) -> bool:
        return False

    def initialize_settings(self) -> None:
        """Get ready, without opening anything."""
        self.threads = ThreadPoolExecutor(self.max_threads, "jupyter-ml")
        self.large_threads = ThreadPoolExecutor(self.max_large, "jupyter-ml-large")
        self.stopping = False
        self._opening = Lock()
        self._workspace: Workspace | None = None
        self._relay: Relay | None = None
        for schema in EVENTS:
            self._events.register_event_schema(schema)

    def initialize_handlers(self) -> None:
        """Add the routes."""
        self.handlers.extend((pattern(path), handler, {"app": self}) for path, handler in ROUTES)
        self.handlers.append((f"{BASE}(?:/.*)?", NotFoundHandler, {"app": self}))

    @property
    def _events(self) -> EventLogger:
        assert self.serverapp.event_logger is not None
        return self.serverapp.event_logger

    @property
    def root(self) -> Path:
        """The folder that the server shows."""
        return Path(self.serverapp.contents_manager.root_dir or self.serverapp.root_dir)

    @property
    def workspace(self) -> Workspace:
        """The workspace; the first to ask opens it, which takes a moment: do it in a thread.

        From then on changes are told: who has not asked for anything has missed nothing.
        """
        with self._opening:
            if self._workspace is None:
                # both bring much with them
                from jupyter_ml.server.relay import Relay
                from jupyter_ml.services.workspace import Workspace

                opened = Workspace.open(self.workspace_path or None, start=self.root)
                self._relay = Relay(opened, self._events, self.serverapp.io_loop)
                self._relay.start()
                self._workspace = opened
                gc.freeze()  # what is loaded by now stays: the collector looked at all of it again for each long list
            return self._workspace

    def url(self, path: str) -> str:
        """Return the address of what lies at `path` in the API."""
        return url_path_join(self.serverapp.base_url, BASE, url_escape(path))

    async def stop_extension(self) -> None:
        """Close what is open; jobs go on."""
        self.stopping = True
        for threads in (self.threads, self.large_threads):
            threads.shutdown(wait=False, cancel_futures=True)
        if self._relay is not None:
            self._relay.end()
        if self._workspace is not None:
            self._workspace.close()
