# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Let the programs of an attempt log to MLflow on a compute where the workspace's database cannot be opened."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.launch import write_file
from jupyter_ml.tracking.plugin import through_port
from jupyter_ml.tracking.rest import digest

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.exposure import Exposure
    from jupyter_ml.compute.process import ProcessSpec
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.tracking.rest import TrackingServer

__all__ = ["RemoteTracking"]


class RemoteTracking:
    """A port of the compute that leads to the workspace's tracking server, as long as the attempt runs.

    A file in the attempt's directory on this machine has its number and the digest of the token, for the next
    supervisor.

    Parameters
    ----------
    compute, server, folder, marker
        Where the attempt runs, what it logs to, its directory on this machine, and what identifies it.
    """

    def __init__(self, compute: Compute, server: TrackingServer, folder: AttemptFolder, marker: str) -> None:
        self._compute, self._server, self._folder, self._marker = compute, server, folder, marker
        self._exposure: Exposure | None = None

    async def open(self, executor: ProcessSpec) -> ProcessSpec:
        """Open the port, and return the executor whose programs use it; nothing happens where files are shared.

        Raises
        ------
        UnavailableError
            When the compute does not answer.
        """
        if self._compute.capabilities.shared_files:
            return executor
        token, given = secrets.token_urlsafe(), ExecutorInput.decode(executor.stdin)
        port = await self._exposed(digest(token)).open()
        write_file(self._folder.tracking, json.dumps({"port": port, "token": digest(token)}))
        environment = through_port(given.environment, port, token)
        given = replace(given, environment=environment, confidential=[*given.confidential, token])
        return replace(executor, stdin=given.encode())

    def resume(self) -> None:
        """Go on with the port that another supervisor has opened, if there is one."""
        if self._exposure is None and self._folder.tracking.exists():
            opened = json.loads(self._folder.tracking.read_text())
            self._exposed(opened["token"]).resume(opened["port"])

    def _exposed(self, token: str) -> Exposure:
        self._server.accept(token)
        self._exposure = self._compute.expose(self._marker, self._server.socket)
        return self._exposure

    async def release(self) -> None:
        """Leave the port, if it is open, to the next supervisor."""
        if self._exposure is not None:
            await self._exposure.release()
            self._exposure = None

    async def close(self) -> None:
        """Close the port, if it is open, after the end of the attempt."""
        if self._exposure is not None:
            await self._exposure.close()
            self._exposure = None
            self._server.reject(json.loads(self._folder.tracking.read_text())["token"])
            self._folder.tracking.unlink()
