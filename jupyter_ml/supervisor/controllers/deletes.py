# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Delete jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.requests import RequestKind
from jupyter_ml.supervisor.controllers.requests import note_failure
from jupyter_ml.supervisor.purging import purge
from jupyter_ml.supervisor.runtime import Controller

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["DeleteController"]


class DeleteController(Controller):
    """Deletes the jobs whose deletion is requested; the key is a job's name."""

    name = "deletes"

    def __init__(self, workspace: WorkspaceContext, threads: Threads, host: str) -> None:
        self._workspace, self._threads, self._host = workspace, threads, host

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return the job whose deletion was requested."""
        return [change.name] if change.type == "job_delete_requested" else []

    async def existing(self) -> Iterable[str]:
        """Return the jobs of this host whose deletion is requested."""
        requests = await self._threads.store(self._workspace.store.jobs.requests, host=self._host)
        return [name for kind, name in requests if kind is RequestKind.DELETE]

    async def reconcile(self, key: str) -> None:
        """Delete a job, unless the request was withdrawn."""
        try:
            await self._threads.slow(purge, self._workspace, key)
        except NotFoundError:  # it was deleted before
            return

    async def failed(self, key: str, error: Exception, retry_s: float) -> None:
        """Store why a job could not be deleted."""
        await super().failed(key, error, retry_s)
        await self._threads.store(note_failure, self._workspace, key, error, retry_s)
