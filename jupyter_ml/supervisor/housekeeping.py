# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the supervisor does besides: MLflow runs made by hand, deletions, statistics."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.outcomes import CANCELED
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.repair import RepairService
from jupyter_ml.storage import snapshots
from jupyter_ml.supervisor.completing import repair_runs
from jupyter_ml.supervisor.patience import Patience
from jupyter_ml.tracking.client import JOB_TAG

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jupyter_ml.schemas.runs import Run
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Housekeeper"]

IMPORT_S = 2.0
REPAIR_S = 60.0
TIDY_S = 600.0
ABANDONED = timedelta(hours=1)

_log = logging.getLogger(__name__)


class Housekeeper(threading.Thread):
    """Warms MLflow up, brings in the runs that people make by hand, and keeps the databases quick."""

    def __init__(self, workspace: WorkspaceContext) -> None:
        super().__init__(name="housekeeper", daemon=True)
        self._workspace = workspace
        self._ended = threading.Event()
        self._newest: datetime | None = None
        self._no_patience = Patience(self.name, cancel=self._ended, detach=self._ended, limit_s=0)

    def finish(self, timeout: float) -> None:
        """Stop, and leave MLflow's file so that the next front door sees that nothing in it is new."""
        self._ended.set()
        self.join(timeout)
        current = self._workspace.seen_runs.current()
        self._workspace.tracking.close()  # SQLite puts its log away, which changes the file and says nothing
        if current:
            self._workspace.seen_runs.write(self._newest or self._workspace.seen_runs.newest())

    def run(self) -> None:
        """Do it until `finish` is called."""
        rounds = 0
        while not self._ended.is_set():
            self._do(self._workspace.tracking.prepare)
            if rounds % (REPAIR_S // IMPORT_S) == 0:
                self._do(partial(repair_runs, self._workspace, self._no_patience))
            if rounds % (TIDY_S // IMPORT_S) == 0:
                self._do(self._tidy)
            self._do(self._import_runs)  # last, since tidying changes MLflow's file, too
            rounds += 1
            self._ended.wait(IMPORT_S)

    def _do(self, chore: Callable[[], None]) -> None:
        """Do one thing; that it fails holds up no other."""
        try:
            chore()
        except Exception:
            _log.exception("housekeeping failed; trying again")

    def _import_runs(self) -> None:
        tracking, store = self._workspace.tracking, self._workspace.store.jobs
        if not tracking.changed():
            return
        known = store.known_runs()
        since = max(filter(None, [known.newest, self._newest, self._workspace.seen_runs.newest()]), default=None)
        for runs in tracking.runs(since=since, ids=known.unfinished):
            by_hand = [run for run in runs if not self._is_ours(run)]
            store.import_runs(by_hand)
            self._newest = max(filter(None, [self._newest, *(run.started_at for run in runs)]))
            if by_hand:
                self._workspace.notify()
        self._workspace.seen_runs.write(self._newest or since)

    def _is_ours(self, run: Run) -> bool:
        """Tell whether a run is that of a job which the database knows.

        One of a job that it does not know, as after the database was lost, is listed like a run made by hand.
        """
        name = run.tags.get(JOB_TAG)
        if name is None:
            return False
        try:
            return self._workspace.store.jobs.get(name).run_id in (None, run.run_id)
        except NotFoundError:
            return False

    def _tidy(self) -> None:
        store = self._workspace.store
        interrupted = JobQuery(states=[JobState.NOT_STARTED], created_before=now() - ABANDONED, archived=None)
        for job in store.jobs.list(interrupted).items:
            store.jobs.transition(job.name, JobState.CANCELED, cause=CANCELED.cause)
        if lost := RepairService(self._workspace).lost():
            _log.warning("%d jobs have a folder and no row; to read them back: jupyter ml workspace repair", len(lost))
        else:  # what a lost job needs is not unused
            snapshots.remove_unused(self._workspace.layout.snapshots, store.jobs.snapshots())
        store.events.prune()
        store.optimize()
        self._workspace.tracking.optimize()
