# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The queue of jobs, and what the supervisor writes of jobs that run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, insert, literal, or_, select, update

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.job_kind import JOB
from jupyter_ml.schemas.jobs import MLFLOW_RUN, Attempt, Job
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import ACTIVE, FINAL, JobState, can_become
from jupyter_ml.store.columns import Timestamp
from jupyter_ml.store.crud import ResourceRows
from jupyter_ml.store.events import event_row, record
from jupyter_ml.store.listing import page_ids
from jupyter_ml.store.rows import read_jobs
from jupyter_ml.store.search import update_search
from jupyter_ml.store.tables import attempts, job_details, job_search, jobs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydantic import JsonValue
    from sqlalchemy import ColumnElement, Connection, Row

    from jupyter_ml.schemas.causes import Cause
    from jupyter_ml.schemas.event_log import Usage
    from jupyter_ml.schemas.jobs import Progress
    from jupyter_ml.store.engine import Database

__all__ = ["AttemptProgress", "JobQueue", "job_event", "start_attempt"]


@dataclass(frozen=True, kw_only=True)
class AttemptProgress:
    """How far an attempt is.

    Attributes
    ----------
    name
        Of the job.
    attempt
        Its number.
    offset
        Up to which byte its event log was read.
    progress, eta_at, usage
        As far as the log was read.
    """

    name: str
    attempt: int
    offset: int
    progress: Progress
    eta_at: datetime | None = None
    usage: Usage | None = None

    def row(self) -> dict[str, Any]:
        """Return the parameters of a statement that stores it."""
        return {
            "job": self.name,
            "attempt": self.attempt,
            "new_event_log_offset": self.offset,
            "new_progress": self.progress.model_dump(mode="json"),
            "new_eta_at": self.eta_at,
            "new_usage": self.usage and self.usage.model_dump(mode="json"),
        }


class JobQueue(ResourceRows[Job, JobQuery]):
    """Rows of jobs, and how they change on their way from queued to final."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, JOB, jobs)

    def _read(self, connection: Connection, keys: Sequence[int]) -> list[Job]:
        return read_jobs(connection, keys)

    def _page(self, connection: Connection, query: JobQuery) -> tuple[list[int], int]:
        return page_ids(connection, query)

    def _event_data(self, resource: Job) -> dict[str, JsonValue]:
        return _event_data(resource)

    def claim(self, *, host: str, compute: str, limit: int, token: str | None = None) -> list[Job]:
        """Take up to `limit` queued jobs, the most urgent first, then in order of arrival.

        Each begins a new attempt in state Preparing. Two claimers never get the same job; `token` identifies the
        owner of the attempt.
        """
        following = (
            select(jobs.c.id)
            .where(jobs.c.state == JobState.QUEUED, jobs.c.compute == compute, _of(host))
            .where(jobs.c.cancel_requested_at.is_(None))
            .order_by(jobs.c.priority.desc(), jobs.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:  # most of the time there is none, and no writer has to wait for that
            if connection.execute(following).first() is None:
                return []
        time = now()
        with self._database.write() as connection:
            ids = list(connection.scalars(following))
            if not ids:
                return []
            claimed = jobs.c.id.in_(ids)
            values = {
                "attempt": jobs.c.attempt + 1,
                "started_at": func.coalesce(jobs.c.started_at, literal(time, Timestamp)),
            }
            connection.execute(update(jobs).where(claimed).values(state=JobState.PREPARING, **values))
            connection.execute(
                update(job_details).where(job_details.c.job_id.in_(ids)).values(cause=None, warnings=None)
            )
            failed = job_search.c.job_id.in_(ids) & (job_search.c.cause != "")
            connection.execute(update(job_search).where(failed).values(cause=""))
            found = read_jobs(connection, ids)
            for job_id, job in zip(ids, found, strict=True):
                start_attempt(connection, job_id, job, time, token=token)
            record(connection, [job_event("job_state_changed", job, time) for job in found])
            return found

    def adopt(self, name: str, token: str) -> JobState:
        """Claim the current attempt of a job, even from another process; return the state of the job."""
        with self._database.write() as connection:
            connection.execute(update(attempts).where(_is_current(name)).values(token=token))
            return JobState(self._find(connection, name).state)

    def claimed_by(self, name: str) -> str | None:
        """Return the token with which the current attempt of a job was last claimed."""
        token: str | None = self._current(name, attempts.c.token)
        return token

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

    def attempts(self, name: str) -> list[Attempt]:
        """Return the attempts of a job, the first one first."""
        columns = [attempts.c[field] for field in Attempt.model_fields]
        with self._database.read() as connection:
            query = (
                select(*columns).where(attempts.c.job_id == self._find(connection, name).id).order_by(attempts.c.number)
            )
            return [Attempt.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def set_process(self, name: str, info: dict[str, Any] | None) -> None:
        """Set the information by which another process finds the process of the current attempt."""
        self._change_attempt(name, {"process": info})

    def process(self, name: str) -> dict[str, Any] | None:
        """Return what `set_process` was given for the current attempt."""
        info: dict[str, Any] | None = self._current(name, attempts.c.process)
        return info

    def set_verifying_key(self, name: str, key: str) -> None:
        """Set the key that verifies the last event of the current attempt."""
        self._change_attempt(name, {"verifying_key": key})

    def verifying_key(self, name: str) -> str | None:
        """Return the key that verifies the last event of the current attempt; None from earlier versions."""
        key: str | None = self._current(name, attempts.c.verifying_key)
        return key

    def store_progress(self, progress: Sequence[AttemptProgress]) -> None:
        """Set how far attempts are; one that does not exist any more is left out."""
        job_id = select(jobs.c.id).where(jobs.c.name == bindparam("job")).scalar_subquery()
        statement = update(attempts).where(attempts.c.job_id == job_id, attempts.c.number == bindparam("attempt"))
        names = ("event_log_offset", "progress", "eta_at", "usage")
        with self._database.write() as connection:
            connection.execute(
                statement.values({name: bindparam(f"new_{name}") for name in names}), [each.row() for each in progress]
            )

    def offset(self, name: str) -> int:
        """Return up to which byte the event log of the current attempt was read."""
        return self._current(name, attempts.c.event_log_offset) or 0

    def _change_attempt(self, name: str, values: dict[str, Any]) -> None:
        with self._database.write() as connection:
            changed = connection.execute(update(attempts).where(_is_current(name)).values(values)).rowcount
            if not changed:
                self._find(connection, name)
                raise ConflictError(f"job {name!r} was never started")

    def _current(self, name: str, column: ColumnElement[Any]) -> Any:
        with self._database.read() as connection:
            row = connection.execute(select(column).where(_is_current(name))).first()
            if row is None:
                self._find(connection, name)
            return row[0] if row else None


def job_event(type: str, job: Job, time: datetime) -> dict[str, Any]:  # noqa: A002
    """Return the row of an event about a job."""
    return event_row(type, "job", job.name, _event_data(job), time)


def _event_data(job: Job) -> dict[str, JsonValue]:
    return {
        "state": job.state,
        "attempt": job.attempt,
        "type": job.type,
        "experiment_name": job.experiment_name,
        "archived": job.archived,
    }


def start_attempt(
    connection: Connection,
    job_id: int,
    job: Job,
    time: datetime,
    process: dict[str, Any] | None = None,
    *,
    token: str | None = None,
    verifying_key: str | None = None,
) -> None:
    """Add the row of a job's current attempt."""
    row = {"job_id": job_id, "number": job.attempt, "started_at": time, "state": job.state, "event_log_offset": 0}
    row |= {"process": process, "token": token, "verifying_key": verifying_key}
    connection.execute(insert(attempts), row)


def _of(host: str) -> ColumnElement[bool]:
    return or_(jobs.c.host.is_(None), jobs.c.host == host)


def _is_current(name: str) -> ColumnElement[bool]:
    job = jobs.c.name == name
    of_job = attempts.c.job_id == select(jobs.c.id).where(job).scalar_subquery()
    return of_job & (attempts.c.number == select(jobs.c.attempt).where(job).scalar_subquery())


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
