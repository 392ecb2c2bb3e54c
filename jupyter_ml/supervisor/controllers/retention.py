# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Complete what was interrupted, remove what is not used any more, and keep the databases fast."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.bulk import BulkAction
from jupyter_ml.schemas.outcomes import CANCELED
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.jobs.bulk import for_all
from jupyter_ml.services.jobs.repair import RepairService
from jupyter_ml.storage import snapshots
from jupyter_ml.supervisor.cancellation import CancellationToken
from jupyter_ml.supervisor.completing import repair_runs
from jupyter_ml.supervisor.retrying import Retrying
from jupyter_ml.supervisor.runtime import Controller

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["RetentionController", "expire"]

RUNS, UNUSED = "runs", "unused"
EVERY_S = {RUNS: 60.0, UNUSED: 600.0}
OPENING_S = 1.0
ABANDONED = timedelta(hours=1)

_log = logging.getLogger(__name__)


class RetentionController(Controller):
    """Two keys, each for its own interval: MLflow runs that were not completed, and what is not used any more."""

    name = "retention"

    def __init__(self, workspace: WorkspaceContext, threads: Threads) -> None:
        self._workspace, self._threads = workspace, threads
        self._once = Retrying(self.name, threads, CancellationToken(), limit_s=0)

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return nothing: time alone makes something unused."""
        del change
        return []

    async def existing(self) -> Iterable[str]:
        """Return both keys."""
        return list(EVERY_S)

    async def reconcile(self, key: str) -> float:
        """Do what the key names; jobs come first where MLflow's store is still to be opened, one caller at a time."""
        if not self._workspace.tracking.opened:
            return OPENING_S
        if key == RUNS:
            await repair_runs(self._workspace, self._threads, self._once)
        else:
            await self._threads.slow(self._remove_unused)
        return EVERY_S[key]

    def _remove_unused(self) -> None:
        store = self._workspace.store
        interrupted = JobQuery(states=[JobState.NOT_STARTED], created_before=now() - ABANDONED, archived=None)
        for job in store.jobs.list(interrupted).items:
            store.jobs.transition(job.name, JobState.CANCELED, cause=CANCELED.cause)
        if lost := RepairService(self._workspace).lost():
            _log.warning("%d jobs have a folder and no row; to read them back: jupyter ml workspace repair", len(lost))
        else:  # what a lost job needs is not unused
            snapshots.remove_unused(self._workspace.layout.snapshots, store.jobs.snapshots())
        expire(self._workspace)
        store.events.prune()
        store.optimize()
        self._workspace.tracking.optimize()


def expire(workspace: WorkspaceContext) -> None:
    """Delete and archive the ended jobs that are older than the settings of the workspace allow; not starred ones."""
    limits = workspace.settings.retention
    for action, days in (
        (BulkAction.DELETE, limits.delete_after_days),
        (BulkAction.ARCHIVE, limits.archive_after_days),
    ):
        if days is None:
            continue
        expired = JobQuery(
            filter="-is:starred",
            states=list(FINAL),
            archived=action is BulkAction.DELETE,
            created_before=workspace.clock() - timedelta(days=days),
        )
        if changed := for_all(workspace.store.jobs, action, expired).changed:
            _log.info("%d jobs are older than %d days: %s", changed, days, action)
