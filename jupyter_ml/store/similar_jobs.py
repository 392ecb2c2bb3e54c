# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find similar jobs, by which the duration of a job is estimated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, desc, select

from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store.tables import attempts, jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

__all__ = ["Durations", "SimilarJob", "latest_peaks", "latest_similar_job"]

_RECENT = 10
"""Number of similar jobs that count: what ran long ago may have been other code."""
_MEASURED = 5
"""The same for their memory."""
_UNMEASURED = timedelta(seconds=5)
"""Jobs that took less may have no measurement."""


class SimilarJob(NamedTuple):
    """A job by which the duration of another one is estimated."""

    name: str
    attempt: int
    duration_s: float | None


def latest_similar_job(connection: Connection, row: Row[Any]) -> SimilarJob | None:
    """Return the last completed job that is similar to that of a row, preferably of its experiment and compute."""
    alike = _completed(row.similarity).where(jobs.c.id != row.id).order_by(jobs.c.id.desc())
    same = (
        desc(column == value)
        for column, value in ((jobs.c.experiment_name, row.experiment_name), (jobs.c.compute, row.compute))
    )
    columns = jobs.c.name, jobs.c.attempt, jobs.c.started_at, jobs.c.ended_at
    found = connection.execute(
        select(*columns).where(jobs.c.id.in_(alike.limit(_RECENT))).order_by(*same, jobs.c.id.desc()).limit(1)
    ).first()
    if found is None:
        return None
    started, ended = found.started_at, found.ended_at
    seconds = max(0.0, (ended - started).total_seconds()) if started and ended else None
    return SimilarJob(found.name, found.attempt, seconds)


class Durations(dict[str | None, list[float]]):
    """The seconds that the last completed jobs took on a compute, by their similarity, read when they are needed."""

    def __init__(self, connection: Connection, compute: str | None) -> None:
        self._connection, self._compute = connection, compute

    def __missing__(self, similarity: str | None) -> list[float]:
        recent = _recent(similarity, self._compute).limit(_RECENT)
        times = self._connection.execute(recent.with_only_columns(jobs.c.started_at, jobs.c.ended_at))
        self[similarity] = [(ended - started).total_seconds() for started, ended in times if started and ended]
        return self[similarity]


def latest_peaks(connection: Connection, similarity: str | None, compute: str) -> list[int]:
    """Return the most memory that each of the last completed jobs of this similarity used on a compute.

    Those that ended before it was measured used none; of others, which earlier versions ran, it is not known.
    """
    recent = _recent(similarity, compute).limit(_MEASURED).subquery()
    last = and_(attempts.c.job_id == jobs.c.id, attempts.c.number == jobs.c.attempt)
    columns = (attempts.c.usage, attempts.c.started_at, attempts.c.ended_at)
    found = connection.execute(select(*columns).join(jobs, last).where(jobs.c.id.in_(select(recent.c.id))))
    peaks = [
        (usage or {}).get("peak_memory_bytes") or (0 if ended and ended - started < _UNMEASURED else None)
        for usage, started, ended in found
    ]
    return [peak for peak in peaks if peak is not None]


def _recent(similarity: str | None, compute: str | None) -> Select[tuple[int]]:
    return _completed(similarity).where(jobs.c.compute == compute).order_by(jobs.c.id.desc())


def _completed(similarity: str | None) -> Select[tuple[int]]:
    return select(jobs.c.id).where(
        jobs.c.similarity == similarity,
        jobs.c.state == JobState.COMPLETED,
        jobs.c.lifecycle_stage < LifecycleStage.DELETING,
    )
