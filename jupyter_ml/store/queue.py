# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The queue of jobs, and what the supervisor writes of jobs that run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, func, literal, or_, select, update

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.admission import Capacity
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.jobs import MLFLOW_RUN, Job
from jupyter_ml.schemas.states import ACTIVE, FINAL, JobState, can_become
from jupyter_ml.store.admission import Admission, set_shortage
from jupyter_ml.store.attempts import JobAttempts, is_current, start_attempt
from jupyter_ml.store.columns import Timestamp
from jupyter_ml.store.events import record
from jupyter_ml.store.job_events import job_event
from jupyter_ml.store.queue_order import QUEUE_ORDER
from jupyter_ml.store.rows import read_jobs
from jupyter_ml.store.search import update_search
from jupyter_ml.store.tables import attempts, job_details, job_search, jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from jupyter_ml.schemas.causes import Cause

__all__ = ["JobQueue"]


class JobQueue(JobAttempts):
    """Rows of jobs, and how they change on their way from queued to final."""

    def claim(
        self, *, host: str, compute: str, limit: int, capacity: Capacity | None = None, token: str | None = None
    ) -> list[Job]:
        """Take up to `limit` queued jobs, in the order of the queue, for which the compute has what they need.

        Each begins a new attempt in state Preparing. Two claimers never get the same job; `token` identifies the
        owner of the attempt.
        """
        capacity = capacity or Capacity()
        following = (
            select(jobs.c.id)
            .where(jobs.c.state == JobState.QUEUED, jobs.c.compute == compute, _of(host))
            .where(jobs.c.cancel_requested_at.is_(None))
            .order_by(*QUEUE_ORDER)
        )
        with self._database.read() as connection:  # most of the time there is none, and no writer has to wait for that
            if connection.execute(following.limit(1)).first() is None:
                return []
            given: dict[str, Any] = {"compute": compute, "host": host, "limit": limit, "capacity": capacity}
            admission = Admission(connection, following, **given)
            unknown = admission.unknown_shortage()
        if unknown is not None:
            with self._database.write() as connection:
                set_shortage(connection, *unknown)
        admitted = {each.job_id: each.amounts["gpus"] for each in admission.decision.admitted}
        if not admitted:
            return []
        time = now()
        with self._database.write() as connection:
            ids = list(connection.scalars(following.where(jobs.c.id.in_([*admitted]))))
            if not ids:
                return []
            gpus, claimed = iter(admission.free_gpus), jobs.c.id.in_(ids)
            values = {
                "attempt": jobs.c.attempt + 1,
                "started_at": func.coalesce(jobs.c.started_at, literal(time, Timestamp)),
            }
            connection.execute(update(jobs).where(claimed).values(state=JobState.PREPARING, **values))
            connection.execute(
                update(job_details)
                .where(job_details.c.job_id.in_(ids))
                .values(cause=None, warnings=None, waits_for=None)
            )
            failed = job_search.c.job_id.in_(ids) & (job_search.c.cause != "")
            connection.execute(update(job_search).where(failed).values(cause=""))
            found = [
                job.model_copy(update={"gpus": [*islice(gpus, admitted[job_id])]})
                for job_id, job in zip(ids, read_jobs(connection, ids), strict=True)
            ]
            for job_id, job in zip(ids, found, strict=True):
                start_attempt(connection, job_id, job, time, token=token)
            record(connection, [job_event("job_state_changed", job, time) for job in found])
            return found

    def release(self, name: str, cause: Cause) -> None:
        """Put a job whose attempt has not run anything back into the queue, as if it had not been claimed."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            connection.execute(delete(attempts).where(is_current(name)))
            before = {"attempt": row.attempt - 1, "started_at": row.started_at if row.attempt > 1 else None}
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(state=JobState.QUEUED, **before))
            why = cause.model_dump(mode="json")
            connection.execute(update(job_details).where(job_details.c.job_id == row.id).values(cause=why))
            job = read_jobs(connection, [row.id])[0]
            update_search(connection, row.id, job)
            record(connection, [job_event("job_state_changed", job, now())])

    def adopt(self, name: str, token: str) -> JobState:
        """Claim the current attempt of a job, even from another process; return the state of the job."""
        with self._database.write() as connection:
            connection.execute(update(attempts).where(is_current(name)).values(token=token))
            return JobState(self._find(connection, name).state)

    def active(self, *, host: str) -> list[Job]:
        """Return the jobs of this host that hold a slot or run elsewhere, the oldest first."""
        query = select(jobs.c.id).where(jobs.c.state.in_(ACTIVE), _of(host), jobs.c.type != MLFLOW_RUN)
        with self._database.read() as connection:
            return read_jobs(connection, list(connection.scalars(query.order_by(jobs.c.id))))

    def on_host(self, name: str, *, host: str) -> Job | None:
        """Return a job that this host may run; None where it belongs to another one or does not exist."""
        query = select(jobs.c.id).where(jobs.c.name == name, _of(host), jobs.c.type != MLFLOW_RUN)
        with self._database.read() as connection:
            return next(iter(read_jobs(connection, list(connection.scalars(query)))), None)

    def pending(self, *, host: str) -> bool:
        """Return whether anything waits or runs on this host."""
        alive = jobs.c.state.in_([*ACTIVE, JobState.QUEUED]) & (jobs.c.type != MLFLOW_RUN)
        query = select(jobs.c.id).where(alive, _of(host)).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def transition(self, name: str, to: JobState, *, cause: Cause | None = None, time: datetime | None = None) -> Job:
        """Change the state of a job.

        Parameters
        ----------
        name
            Of the job.
        to
            The state; nothing happens when the job already has it.
        cause
            Why; stored until the next attempt.
        time
            When it happened; by default now.

        Raises
        ------
        ConflictError
            When there is no such transition.
        """
        time = time or now()
        with self._database.write() as connection:
            row = self._find(connection, name)
            if row.state != to:
                if not can_become(JobState(row.state), to):
                    raise ConflictError(f"job {name!r} is {row.state} and cannot become {to}")
                _move(connection, row, to, cause, time)
            job = read_jobs(connection, [row.id])[0]
            if row.state != to:
                if cause:
                    update_search(connection, row.id, job)
                record(connection, [job_event("job_state_changed", job, time)])
            return job


def _of(host: str) -> ColumnElement[bool]:
    return or_(jobs.c.host.is_(None), jobs.c.host == host)


def _move(connection: Connection, row: Row[Any], to: JobState, cause: Cause | None, time: datetime) -> None:
    ended = {"ended_at": max(time, row.started_at or time)} if to in FINAL else {}
    connection.execute(update(jobs).where(jobs.c.id == row.id).values(state=to, **ended))
    why = {"cause": cause.model_dump(mode="json")} if cause else {}
    if why:
        connection.execute(update(job_details).where(job_details.c.job_id == row.id).values(why))
    # when the job waits for another attempt, this one has failed
    state: dict[str, Any] = {"state": JobState.FAILED if to is JobState.QUEUED else to}
    if to in FINAL or to is JobState.QUEUED:
        moment, start = literal(time, Timestamp), attempts.c.started_at
        state["ended_at"] = case((start > moment, start), else_=moment)
    current = (attempts.c.job_id == row.id) & (attempts.c.number == row.attempt) & attempts.c.ended_at.is_(None)
    connection.execute(update(attempts).where(current).values(state | why))
