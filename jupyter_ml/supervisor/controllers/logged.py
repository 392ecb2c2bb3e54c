# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy what jobs have logged to MLflow to their rows, where that was not done when they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.supervisor.runtime import Controller

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["LoggedController"]

AT_ONCE = 200


class LoggedController(Controller):
    """Reads the runs of jobs that an earlier version ran, or that were restored; there is one key."""

    name = "logged values"

    def __init__(self, workspace: WorkspaceContext, threads: Threads) -> None:
        self._workspace, self._threads = workspace, threads

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return nothing: jobs that end now have been read before."""
        del change
        return []

    async def existing(self) -> Iterable[str]:
        """Return the one key."""
        return ["jobs"]

    async def reconcile(self, key: str) -> float | None:
        """Read the runs of some jobs, the newest first, and continue until there are no more."""
        del key
        missing = await self._threads.store(self._workspace.store.jobs.not_logged, AT_ONCE)
        if not missing:
            return None
        await self._threads.slow(self._copy, missing)
        return 0.0

    def _copy(self, runs: Mapping[str, str]) -> None:
        found = {name: self._workspace.tracking.logged(run_id) for name, run_id in runs.items()}
        if self._workspace.store.jobs.set_logged(found, final=True):
            self._workspace.notify()
