# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find similar jobs, by which the duration of a job is estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import desc, select

from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store.rows import read_jobs
from jupyter_ml.store.tables import jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

    from jupyter_ml.schemas.jobs import Job

__all__ = ["latest_durations", "latest_similar_job"]

_RECENT = 10
"""Number of similar jobs that count: what ran long ago may have been other code."""


def latest_similar_job(connection: Connection, row: Row[Any]) -> Job | None:
    """Return the last completed job that is similar to that of a row, preferably of its experiment and compute."""
    alike = _completed(row.similarity).where(jobs.c.id != row.id).order_by(jobs.c.id.desc())
    same = (
        desc(column == value)
        for column, value in ((jobs.c.experiment_name, row.experiment_name), (jobs.c.compute, row.compute))
    )
    ids = connection.scalars(
        select(jobs.c.id).where(jobs.c.id.in_(alike.limit(_RECENT))).order_by(*same, jobs.c.id.desc()).limit(1)
    )
    return next(iter(read_jobs(connection, list(ids))), None)


def latest_durations(connection: Connection, similarity: str | None, compute: str | None) -> list[float]:
    """Return the seconds that the last completed jobs of this similarity took on a compute."""
    recent = _completed(similarity).where(jobs.c.compute == compute).order_by(jobs.c.id.desc()).limit(_RECENT)
    times = connection.execute(recent.with_only_columns(jobs.c.started_at, jobs.c.ended_at))
    return [(ended - started).total_seconds() for started, ended in times if started and ended]


def _completed(similarity: str | None) -> Select[tuple[int]]:
    return select(jobs.c.id).where(
        jobs.c.similarity == similarity,
        jobs.c.state == JobState.COMPLETED,
        jobs.c.lifecycle_stage < LifecycleStage.DELETING,
    )
