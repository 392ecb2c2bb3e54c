# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the MLflow runs and models that programs other than jobs and clients of Jupyter ML create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.services.models.foreign import ForeignModels
from jupyter_ml.supervisor.runtime import Controller
from jupyter_ml.tracking.client import JOB_TAG

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from datetime import datetime

    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.schemas.runs import Run
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["ImportController"]

EVERY_S = 2.0


class ImportController(Controller):
    """Opens MLflow's store, and imports its runs and models whenever it has changed; there is one key."""

    name = "imports"

    def __init__(self, workspace: WorkspaceContext, threads: Threads) -> None:
        self._workspace, self._threads = workspace, threads
        self._newest: datetime | None = None
        self._read: Hashable = None
        self._models = ForeignModels(workspace, workspace.imported_runs.models_ms())

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return nothing: there is no event for a run that another program creates."""
        del change
        return []

    async def existing(self) -> Iterable[str]:
        """Return the one key."""
        return ["runs"]

    async def reconcile(self, key: str) -> float:
        """Import the runs that have changed."""
        del key
        tracking = self._workspace.tracking
        if (
            tracking.opened and tracking.in_file and tracking.version() == self._read
        ):  # as a rule: no thread has to wake for that
            return EVERY_S
        await self._threads.slow(self._import)
        return EVERY_S

    def finish(self) -> None:
        """Import once more and close MLflow's file, so that the next client sees that nothing in it is new."""
        if not self._workspace.tracking.opened:
            return
        self._import()
        current = self._workspace.imported_runs.current()
        self._workspace.tracking.close()  # SQLite removes its log then, which changes the file and no row
        if current:
            self._write(self._newest or self._workspace.imported_runs.newest())

    def _import(self) -> None:
        tracking, store = self._workspace.tracking, self._workspace.store.jobs
        tracking.prepare()
        version = tracking.version()
        if version == self._read:
            return
        known = store.known_runs()
        since = self._latest([known.newest, self._newest, self._workspace.imported_runs.newest()])
        started = tracking.started(since)
        others = started.keys() - store.own_runs(started)
        for runs in tracking.runs(others | {*known.unfinished}):
            store.import_runs(run for run in runs if not self._is_ours(run))
            self._workspace.notify()
        if self._models.record():
            self._workspace.notify()
        self._read = version
        self._newest = self._latest([since, *started.values()])
        self._write(self._newest)

    def _write(self, newest: datetime | None) -> None:
        self._workspace.imported_runs.write(newest, self._models.since_ms)

    def _latest(self, times: Iterable[datetime | None]) -> datetime | None:
        """Return the latest time that is not in the future, as the start of a run may claim to be."""
        now = self._workspace.clock()
        return max((time for time in times if time is not None and time <= now), default=None)

    def _is_ours(self, run: Run) -> bool:
        """Return whether a run is about to be noted as that of a job in the database.

        One of a job that the database does not contain, e.g. after it was lost, is listed like any other run.
        """
        name = run.tags.get(JOB_TAG)
        if name is None:
            return False
        try:
            return self._workspace.store.jobs.get(name).run_id in (None, run.run_id)
        except NotFoundError:
            return False
