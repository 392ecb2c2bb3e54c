# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Recover jobs from their directories, after ``workspace.db`` was lost or replaced by an older copy."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from jupyter_ml.compute.marked_processes import marked
from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.jobs import Attempt
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.repair import JobRecord, RepairAction, RepairItem
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.jobs.reconstruction import first_time, latest_attempt, reconstruct
from jupyter_ml.services.jobs.records import read_record, write_record

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["RepairService"]


class RepairService:
    """Recovers the jobs of a workspace that have a directory but no row."""

    def __init__(self, context: WorkspaceContext) -> None:
        self._context = context

    def needed(self) -> bool:
        """Return, at little cost, whether there are directories of jobs although the database has no job."""
        folder = self._context.layout.jobs
        return folder.is_dir() and any(folder.iterdir()) and not self._context.store.jobs.any_submitted()

    def lost(self) -> list[str]:
        """Return the names of all jobs that have a directory but no row, the oldest first."""
        folder = self._context.layout.jobs
        folders = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
        known = self._context.store.jobs.submitted_names() if folders else set()
        return [path.name for path in sorted(folders, key=lambda path: path.stat().st_mtime) if path.name not in known]

    def preview(self) -> list[RepairItem]:
        """Return the actions that `run` would take."""
        return [item for item, _ in map(self._plan, self.lost())]

    def run(self) -> list[RepairItem]:
        """Restore the rows of lost jobs as far as their directories allow, and return the actions taken."""
        done = []
        for item, record in map(self._plan, self.lost()):
            try:
                if record is not None:
                    self._restore(record)
            except ConflictError as error:
                done.append(_item(item.name, RepairAction.SKIP, None, str(error)))
            else:
                done.append(item)
        self._context.notify()
        if any(item.action is RepairAction.FINISH for item in done):
            self._context.supervisor.ensure()
        return done

    def _restore(self, record: JobRecord) -> None:
        store = self._context.store
        job = store.jobs.restore(record, host=socket.gethostname() if store.shared else None)
        if job.state in FINAL:
            write_record(self._context, job)

    def _plan(self, name: str) -> tuple[RepairItem, JobRecord | None]:
        record = read_record(self._context.layout, name) or reconstruct(self._context, name)
        if record is None:
            return _item(name, RepairAction.SKIP, None, "its directory does not contain enough to recover it"), None
        job, number = record.job, latest_attempt(self._context.layout, name)
        if job.state in FINAL:
            return _item(name, RepairAction.RESTORE, job.state, f"{job.state}, {job.source}"), record
        folder = AttemptFolder(self._context.layout.attempt(name, number or 0))
        if number is None or not folder.event_log.exists():
            message = "it had not started and is not started now: run it again if you still need it"
            return _item(name, RepairAction.CANCEL, JobState.CANCELED, message), _canceled(record)
        if processes := marked(str(folder.path)):
            pids = ", ".join(map(str, processes))
            return _item(
                name, RepairAction.SKIP, None, f"it is still running (process {pids}); repair it when it has ended"
            ), None
        message = f"attempt {number} had started; the supervisor finalizes it"
        return _item(name, RepairAction.FINISH, JobState.RUNNING, message), _running(record, number, first_time(folder))


def _item(name: str, action: RepairAction, state: JobState | None, message: str) -> RepairItem:
    return RepairItem(name=name, action=action, state=state, message=message)


def _canceled(record: JobRecord) -> JobRecord:
    cause = Cause(
        kind=CauseKind.CANCELED,
        message="It was waiting when the database of the workspace was lost.",
        hint="Run it again.",
    )
    return _changed(record, {"state": JobState.CANCELED, "cause": cause, "ended_at": now()})


def _running(record: JobRecord, number: int, began: datetime | None) -> JobRecord:
    started = began or now()
    earlier = [each for each in record.attempts if each.number < number]
    job = {"state": JobState.RUNNING, "attempt": number, "started_at": record.job.started_at or started}
    current = Attempt(number=number, started_at=started, state=JobState.RUNNING)
    return _changed(record, job, [*earlier, current])


def _changed(record: JobRecord, job: dict[str, object], attempts: list[Attempt] | None = None) -> JobRecord:
    changed: Job = record.job.model_copy(update={"request": None, **job})
    return JobRecord(job=changed, attempts=record.attempts if attempts is None else attempts)
