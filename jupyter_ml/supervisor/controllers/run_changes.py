# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write to MLflow what users have changed of jobs: names, descriptions and tags."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.runs import NOTE_TAG
from jupyter_ml.schemas.states import ACTIVE
from jupyter_ml.supervisor.runtime import Controller

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.schemas.job_changes import RunChanges
    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["RunChangesController"]

RUN_S = 1.0
"""Interval at which the run of a job that has just started is waited for."""


class RunChangesController(Controller):
    """Writes the changes of jobs to their MLflow runs; the key is a job's name."""

    name = "run changes"

    def __init__(self, workspace: WorkspaceContext, threads: Threads, host: str) -> None:
        self._workspace, self._threads, self._host = workspace, threads, host

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return the job that was changed."""
        return [change.name] if change.type == "job_updated" else []

    async def existing(self) -> Iterable[str]:
        """Return the jobs of this host whose runs do not have all changes."""
        return await self._threads.store(self._workspace.store.jobs.with_run_changes, host=self._host)

    async def reconcile(self, key: str) -> float | None:
        """Write the changes of a job, unless it was deleted."""
        try:
            changes = await self._threads.store(self._workspace.store.jobs.run_changes, key)
            return None if changes is None else await self._threads.slow(self._write, key, changes)
        except NotFoundError:
            return None

    def _write(self, name: str, changes: RunChanges) -> float | None:
        store = self._workspace.store.jobs
        job = store.get(name)
        if job.run_id is None and job.state in ACTIVE:
            return RUN_S
        if job.run_id is not None:
            note = {NOTE_TAG: changes.description} if "description" in changes.model_fields_set else {}
            with suppress(NotFoundError):  # the run was deleted
                self._workspace.tracking.update_run(
                    job.run_id, name=changes.display_name, tags={**changes.tags, **note}
                )
        return None if store.run_has(name, changes) else 0.0
