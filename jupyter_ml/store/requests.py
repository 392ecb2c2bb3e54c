# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Pending requests of clients: cancel and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.jobs import MLFLOW_RUN, Job
from jupyter_ml.schemas.requests import PendingRequest, RequestKind
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.schemas.warnings import MAX_WARNINGS, JobWarning
from jupyter_ml.store.events import record
from jupyter_ml.store.job_events import job_event
from jupyter_ml.store.queue import JobQueue
from jupyter_ml.store.rows import read_jobs
from jupyter_ml.store.tables import job_details, jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

__all__ = ["JobRequests"]

_WITHDRAWABLE = frozenset({JobState.NOT_STARTED, JobState.QUEUED})
"""States in which a cancel has had no effect yet."""

_DELETE_BEGUN = JobWarning(
    message="A delete of this job was begun and withdrawn: its MLflow run and some of its files may be gone.",
    hint="Rerun the job if you need them.",
)


class JobRequests(JobQueue):
    """Requests of clients; each stays until it is carried out or withdrawn."""

    def request_cancel(self, name: str) -> Job:
        """Request the cancel of a job; ConflictError when it has ended, or is a run that Jupyter ML did not start."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            if row.type == MLFLOW_RUN:
                raise ConflictError(f"{name!r} was not started by Jupyter ML: end it where it runs")
            if row.state in FINAL:
                raise ConflictError(f"job {name!r} is {row.state} already")
            if row.cancel_requested_at is not None:
                return read_jobs(connection, [row.id])[0]
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(cancel_requested_at=now()))
            return _changed(connection, row, _new(RequestKind.CANCEL), "job_cancel_requested")

    def request_delete(self, name: str) -> Job:
        """Request the deletion of a job and its files; it is listed, and its name is taken, until `delete`."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            if row.state not in FINAL and row.type != MLFLOW_RUN:
                raise ConflictError(f"job {name!r} is {row.state}: cancel it first")
            if row.lifecycle_stage & LifecycleStage.DELETING:
                return read_jobs(connection, [row.id])[0]
            connection.execute(
                update(jobs)
                .where(jobs.c.id == row.id)
                .values(lifecycle_stage=row.lifecycle_stage | LifecycleStage.DELETING)
            )
            return _changed(connection, row, _new(RequestKind.DELETE), "job_delete_requested")

    def withdraw_request(self, name: str, *, idle: bool = False) -> Job:
        """Withdraw a pending request; a delete that has been tried leaves a warning, because something may be gone.

        Parameters
        ----------
        name
            Name of the job.
        idle
            Whether no supervisor runs that could be carrying the request out, as after a crash of the last one.

        Raises
        ------
        ConflictError
            When there is none, or it is being carried out already.
        """
        with self._database.write() as connection:
            row = self._find(connection, name)
            if row.lifecycle_stage & LifecycleStage.DELETING:
                stored = _stored(connection, row) or {}
                if stored.get("begun") and not idle:
                    raise ConflictError(
                        f"job {name!r} is being deleted at this moment: if that fails, it can be withdrawn then"
                    )
                if stored.get("begun") or stored.get("attempts"):
                    self._warn_of_delete(connection, row.id)
                values: dict[str, Any] = {"lifecycle_stage": row.lifecycle_stage & ~LifecycleStage.DELETING}
            elif row.cancel_requested_at is None or row.state in FINAL:
                raise ConflictError(f"job {name!r} has no pending request")
            elif row.state not in _WITHDRAWABLE:
                raise ConflictError(f"job {name!r} is {row.state}: its cancel is being carried out")
            else:
                values = {"cancel_requested_at": None}
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(values))
            return _changed(connection, row, None, "job_request_withdrawn")

    @staticmethod
    def _warn_of_delete(connection: Connection, job_id: int) -> None:
        warnings = [*read_jobs(connection, [job_id])[0].warnings, _DELETE_BEGUN]
        values = [each.model_dump(mode="json", exclude_none=True) for each in dict.fromkeys(warnings)]
        connection.execute(
            update(job_details).where(job_details.c.job_id == job_id).values(warnings=values[-MAX_WARNINGS:])
        )

    def begin_delete(self, name: str) -> Job | None:
        """Return a job that is to be deleted, whose request cannot be withdrawn until it fails; None where it was."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            if not row.lifecycle_stage & LifecycleStage.DELETING:
                return None
            request = {**(_stored(connection, row) or {}), "begun": True}
            connection.execute(update(job_details).where(job_details.c.job_id == row.id).values(request=request))
            return read_jobs(connection, [row.id])[0]

    def request_failed(self, name: str, error: str, retry_at: datetime) -> Job:
        """Record why a pending request could not be carried out, and when it is tried again."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            pending = read_jobs(connection, [row.id])[0].request
            if pending is None:
                raise ConflictError(f"job {name!r} has no pending request")
            failed = pending.model_dump() | {"attempts": pending.attempts + 1, "error": error, "retry_at": retry_at}
            request = PendingRequest(**failed).model_dump(mode="json")
            stored = _stored(connection, row) or {}
            return _changed(connection, row, {**stored, **request, "begun": False}, "job_request_failed")

    def requests(self, *, host: str | None) -> list[tuple[RequestKind, str]]:
        """Return kind and job of the requests that wait for this host, or for any with None; cancels first."""
        names = select(jobs.c.name).order_by(jobs.c.id)
        if host is not None:
            names = names.where(jobs.c.host.is_(None) | (jobs.c.host == host))
        alive = [state for state in JobState if state not in FINAL]
        cancel = names.where(jobs.c.state.in_(alive), jobs.c.cancel_requested_at.is_not(None))
        delete = names.where(jobs.c.lifecycle_stage >= LifecycleStage.DELETING)
        with self._database.read() as connection:
            return [
                *((RequestKind.CANCEL, name) for name in connection.scalars(cancel)),
                *((RequestKind.DELETE, name) for name in connection.scalars(delete)),
            ]


def _new(kind: RequestKind) -> dict[str, Any]:
    return PendingRequest(kind=kind, requested_at=now()).model_dump(mode="json")


def _stored(connection: Connection, row: Row[Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = connection.scalar(
        select(job_details.c.request).where(job_details.c.job_id == row.id)
    )
    return found


def _changed(connection: Connection, row: Row[Any], request: dict[str, Any] | None, event: str) -> Job:
    """Store a request, and record the change."""
    connection.execute(update(job_details).where(job_details.c.job_id == row.id).values(request=request))
    job = read_jobs(connection, [row.id])[0]
    record(connection, [job_event(event, job, now())])
    return job
