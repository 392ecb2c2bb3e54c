# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The extension of Jupyter Server: its settings, routes, event schemas and threads."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_escape, url_path_join
from traitlets import Int, Unicode, default

from jupyter_ml.errors import WorkspaceError
from jupyter_ml.schemas import names
from jupyter_ml.server.broker import KernelBroker
from jupyter_ml.server.handler import NotFoundHandler
from jupyter_ml.server.job_services import JobServiceHandler
from jupyter_ml.server.kernels import hide_kernels, show_kernels
from jupyter_ml.server.mlflow_ui import MLFLOW_UI, MlflowHandler
from jupyter_ml.server.routes import BASE, ROUTES, pattern
from jupyter_ml.server.websockets import send_at_once
from jupyter_ml.services.layout import Layout, find_folder

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_events import EventLogger
    from jupyter_server.serverapp import ServerApp

    from jupyter_ml.server.relay import EventRelay
    from jupyter_ml.services.workspace import Workspace

__all__ = ["EVENTS", "JupyterMLApp"]

EVENTS = sorted((Path(__file__).parent / "events").glob("*/v*.yaml"))
"""Schemas of the events that are emitted on Jupyter's event stream; one is generated for each kind of resource."""
OPENED = "https://events.jupyter.org/jupyter_ml/workspace/v1"
"""Schema of `jupyter_ml.schemas.workspace.WorkspaceOpened`."""


class JupyterMLApp(ExtensionApp):
    """Serve the jobs and other resources of a workspace.

    The extension records requests and emits changes; it runs no job, so stopping the server does not affect jobs.
    """

    name = "jupyter_ml"
    serverapp: ServerApp

    workspace_path = Unicode(
        help="""Directory of the workspace, or the directory that contains its .jupyter-ml.

        The default is JUPYTER_ML_WORKSPACE, else the nearest .jupyter-ml directory in the server's root or its parents,
        else the user's default workspace.
        """
    ).tag(config=True)
    max_body_bytes = Int(
        10 * 1024**2, min=1024, help="Maximum size of a request body in bytes; larger requests are refused with 413."
    ).tag(config=True)
    max_threads = Int(
        16, min=1, help="Maximum number of requests that are processed at the same time; other requests wait."
    ).tag(config=True)

    max_large = Int(
        4,
        min=1,
        help="Maximum number of requests for logs, notebooks and lists that are processed at the same time, "
        "because these need much memory.",
    ).tag(config=True)

    @default("open_browser")
    def _default_open_browser(self) -> bool:
        return False

    def initialize_settings(self) -> None:
        """Create the thread pools and register the event schemas; the workspace is opened on first use."""
        self.threads = ThreadPoolExecutor(self.max_threads, "jupyter-ml")
        self.large_threads = ThreadPoolExecutor(self.max_large, "jupyter-ml-large")
        self.stopping = False
        self._broker = KernelBroker(self.threads, lambda: self.workspace)
        self._opening = Lock()
        self._workspace: Workspace | None = None
        self._relay: EventRelay | None = None
        self._kernels: Path | None = None
        send_at_once(self.settings)
        for schema in EVENTS:
            self._events.register_event_schema(schema)
        generated = {schema.parent.name for schema in EVENTS}
        for name in names.NAMES:
            if name.singular not in generated:
                from jupyter_ml.schemas import registry  # imports pydantic
                from jupyter_ml.server.event_schemas import event_schema

                self._events.register_event_schema(event_schema(registry.KINDS[name.singular]))

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:  # noqa: ARG002 -- Jupyter Server's
        with suppress(WorkspaceError, OSError):  # a request reports that
            kernels = Layout(find_folder(self.workspace_path or None, self.root)).kernels
            if kernels.is_dir():  # clients that ask for nothing else see them, and can start them
                self._show_kernels(kernels)
                self.threads.submit(lambda: self.workspace)
        try:
            await self._broker.start()
        except OSError as error:
            self.log.warning("datastores cannot be read by name in notebooks: %s", error)

    def initialize_handlers(self) -> None:
        """Add the routes."""
        self.handlers.extend((pattern(path), handler, {"app": self}) for path, handler in ROUTES)
        self.handlers.append((f"{BASE}(?:/.*)?", NotFoundHandler, {"app": self}))
        self.handlers.append((f"{MLFLOW_UI}(/.*)?", MlflowHandler, {"app": self}))
        service = f"{names.SERVICES_PATH}/(?P<job>[^/]+)/(?P<service>[^/]+)(?P<path>/.*)?"
        self.handlers.append((service, JobServiceHandler, {"app": self}))

    @property
    def _events(self) -> EventLogger:
        assert self.serverapp.event_logger is not None
        return self.serverapp.event_logger

    @property
    def _kernel_specs(self) -> KernelSpecManager:
        assert self.serverapp.kernel_spec_manager is not None
        return self.serverapp.kernel_spec_manager

    def _show_kernels(self, folder: Path | None) -> None:
        """Show the kernels in a directory in place of those that are shown."""
        if self._kernels is not None:
            hide_kernels(self._kernels, self._kernel_specs)
        if folder is not None:
            show_kernels(folder, self._kernel_specs)
        self._kernels = folder

    @property
    def root(self) -> Path:
        """Root directory of the server's contents."""
        return Path(self.serverapp.contents_manager.root_dir or self.serverapp.root_dir)

    @property
    def workspace(self) -> Workspace:
        """The workspace, which is opened on first use. Opening blocks: access it in a thread.

        Changes are emitted from then on; a client cannot miss a change before its first request.
        """
        with self._opening:
            if self._workspace is None:
                from jupyter_ml.services.workspace import Workspace

                self._show(Workspace.open(self.workspace_path or None, start=self.root))
                gc.freeze()  # what is loaded by now stays: the collector looked at all of it again for each long list
            assert self._workspace is not None
            return self._workspace

    def show(self, folder: Path, *, create: bool) -> Workspace:
        """Show another workspace from now on, and notify all clients; requests in progress end in the previous one.

        Blocks.
        """
        from jupyter_ml.services.workspace import Workspace

        with self._opening:
            workspace = Workspace.init(folder) if create else Workspace.open(folder)
            try:
                self._show(workspace)
            except BaseException:
                workspace.close()
                raise
            opened = {"name": workspace.name, "folder": str(workspace.folder)}
            self.serverapp.io_loop.add_callback(self._events.emit, schema_id=OPENED, data=opened)
            return workspace

    def _show(self, workspace: Workspace) -> None:
        # imported on first use, because they import pydantic and SQLAlchemy
        from jupyter_ml.server.relay import EventRelay
        from jupyter_ml.services.recent import remember_workspace

        kernels = workspace.environments.kernel_folder()  # first: nothing has changed if it cannot be created
        relay = EventRelay(workspace, self._events, self.serverapp.io_loop)
        relay.start()
        previous = self._workspace, self._relay
        self._workspace, self._relay = workspace, relay
        self._show_kernels(kernels)
        remember_workspace(workspace)
        self._record(workspace)
        _stop(*previous)

    def _record(self, workspace: Workspace) -> None:
        import psutil

        from jupyter_ml.schemas.workspace import ServerRecord
        from jupyter_ml.services.servers import record_server

        process = psutil.Process()
        record = ServerRecord(
            pid=process.pid,
            started=process.create_time(),
            url=self._public_url,
            root=str(self.root.resolve()),
            name=workspace.name,
            folder=str(workspace.folder.resolve()),
        )
        try:
            record_server(record)
        except OSError as error:
            self.log.warning("other programs cannot find this server: %s", error)

    @property
    def _public_url(self) -> str:
        """URL of the server in a browser; only its path if that is unknown, behind the proxy of a JupyterHub."""
        server = self.serverapp
        hub = os.environ.get("JUPYTERHUB_PUBLIC_URL") or os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
        url = server.custom_display_url or hub or server.connection_url
        return f"{url.partition('?')[0].rstrip('/')}/"

    def url(self, path: str) -> str:
        """Return the URL of `path` in the API."""
        return url_path_join(self.serverapp.base_url, BASE, url_escape(path))

    async def stop_extension(self) -> None:
        """Stop the relay and the threads and close the workspace; jobs continue."""
        self.stopping = True
        self._broker.stop()
        for threads in (self.threads, self.large_threads):
            threads.shutdown(wait=False, cancel_futures=True)
        with self._opening:  # a request may open the workspace just now
            if self._workspace is not None:
                from jupyter_ml.services.servers import forget_server

                forget_server()
            self._show_kernels(None)
            _stop(self._workspace, self._relay)


def _stop(workspace: Workspace | None, relay: EventRelay | None) -> None:
    if relay is not None:
        relay.stop()
    if workspace is not None:
        workspace.close()
