# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Answer the kernels of this server, and the processes that they start, when they read data by name."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from jupyter_ml.broker.messages import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from jupyter_ml.broker.server import Broker
    from jupyter_ml.schemas.connections import Connection
    from jupyter_ml.schemas.named_data import NamedData
    from jupyter_ml.services.workspace import Workspace

__all__ = ["KernelBroker"]


class KernelBroker:
    """Answers kernels, which find its socket by an environment variable that they inherit from the server.

    The socket has mode 0600 and is in a private directory. A process that connects has to run as the same user, and to
    have been started by the server, or by one of its kernels.
    """

    def __init__(self, threads: Executor, workspace: Callable[[], Workspace]) -> None:
        self._threads, self._workspace = threads, workspace
        self._folder: Path | None = None
        self._broker: Broker | None = None

    async def start(self) -> None:
        """Accept connections, and set the variable for kernels that start from now on."""
        from jupyter_ml.broker.server import Broker

        self._folder = Path(tempfile.mkdtemp(prefix="jupyter-ml-broker-"))
        path = self._folder / "broker.sock"
        self._broker = Broker(path, self._answer, self._locate)
        await self._broker.start()
        os.environ[VARIABLE] = str(path)

    def stop(self) -> None:
        """Close the socket and remove it."""
        if self._broker is not None and self._folder is not None:
            self._broker.close()
            if os.environ.get(VARIABLE) == str(self._folder / "broker.sock"):
                del os.environ[VARIABLE]
            rmtree(self._folder, ignore_errors=True)

    async def _answer(self, datastore: str, workspace: str | None, pid: int) -> Connection:
        def issue() -> Connection:
            datastores = self._workspace().datastores
            return datastores.issue_connection(datastore, workspace, reader={"process": pid or None})

        return await asyncio.get_running_loop().run_in_executor(self._threads, issue)

    async def _locate(self, reference: str, notebook: str | None) -> NamedData:
        def locate() -> NamedData:
            return self._workspace().data.locate(reference, notebook=notebook)

        return await asyncio.get_running_loop().run_in_executor(self._threads, locate)
