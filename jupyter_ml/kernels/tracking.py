# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Let kernels on machines that cannot open the workspace's database log to MLflow."""

from __future__ import annotations

import asyncio
import secrets
import threading
import uuid
from typing import TYPE_CHECKING

from jupyter_ml.tracking.plugin import port_variables
from jupyter_ml.tracking.rest import digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.exposure import Exposure
    from jupyter_ml.tracking.rest import TrackingServer

__all__ = ["KernelTracking", "provide"]

_lock = threading.Lock()
_servers: dict[str, TrackingServer] = {}


def provide(folder: Path, create: Callable[[], TrackingServer]) -> None:
    """Let kernels of this process log to a workspace, given by its directory, through a server."""
    with _lock:
        if str(folder) not in _servers:
            _servers[str(folder)] = create()


class KernelTracking:
    """A port of the compute of one kernel that leads to the tracking server of its workspace.

    Parameters
    ----------
    server
        That server.
    exposure
        The port.
    """

    def __init__(self, server: TrackingServer, exposure: Exposure) -> None:
        self._server, self._exposure, self._token = server, exposure, secrets.token_urlsafe()

    @classmethod
    def of(cls, compute: Compute, folder: str) -> KernelTracking | None:
        """Return the port of a kernel, to be opened; None where it needs none, or this process has no server."""
        server = _servers.get(folder)
        if server is None or compute.capabilities.shared_files:
            return None
        return cls(server, compute.expose(uuid.uuid4().hex, server.socket))

    async def open(self) -> dict[str, str]:
        """Open the port, and return the environment variables of the kernel."""
        self._server.accept(digest(self._token))
        return port_variables(await self._exposure.open(), self._token)

    async def close(self) -> None:
        """Close the port; the server ends with the last one."""
        await self._exposure.close()
        self._server.reject(digest(self._token))
        await asyncio.to_thread(self._server.stop_unused)
