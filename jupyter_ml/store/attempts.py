# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The attempts of jobs: their processes, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.job_kind import JOB
from jupyter_ml.schemas.jobs import Attempt, Job
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.store.crud import ResourceRows
from jupyter_ml.store.job_events import event_data
from jupyter_ml.store.listing import page_ids
from jupyter_ml.store.rows import read_jobs
from jupyter_ml.store.tables import attempts, jobs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydantic import JsonValue
    from sqlalchemy import ColumnElement, Connection

    from jupyter_ml.schemas.event_log import Usage
    from jupyter_ml.schemas.jobs import Progress
    from jupyter_ml.store.engine import Database

__all__ = ["AttemptProgress", "JobAttempts", "is_current", "start_attempt"]


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


class JobAttempts(ResourceRows[Job, JobQuery]):
    """Rows of jobs, and of their attempts."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, JOB, jobs)

    def _read(self, connection: Connection, keys: Sequence[int]) -> list[Job]:
        return read_jobs(connection, keys)

    def _page(self, connection: Connection, query: JobQuery) -> tuple[list[int], int]:
        return page_ids(connection, query)

    def _event_data(self, resource: Job) -> dict[str, JsonValue]:
        return event_data(resource)

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
            changed = connection.execute(update(attempts).where(is_current(name)).values(values)).rowcount
            if not changed:
                self._find(connection, name)
                raise ConflictError(f"job {name!r} was never started")

    def _current(self, name: str, column: ColumnElement[Any]) -> Any:
        with self._database.read() as connection:
            row = connection.execute(select(column).where(is_current(name))).first()
            if row is None:
                self._find(connection, name)
            return row[0] if row else None

    def claimed_by(self, name: str) -> str | None:
        """Return the token with which the current attempt of a job was last claimed."""
        token: str | None = self._current(name, attempts.c.token)
        return token


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
    row |= {"process": process, "token": token, "verifying_key": verifying_key, "gpus": job.gpus or None}
    connection.execute(insert(attempts), row)


def is_current(name: str) -> ColumnElement[bool]:
    """Return the condition of the current attempt of a job."""
    job = jobs.c.name == name
    of_job = attempts.c.job_id == select(jobs.c.id).where(job).scalar_subquery()
    return of_job & (attempts.c.number == select(jobs.c.attempt).where(job).scalar_subquery())
