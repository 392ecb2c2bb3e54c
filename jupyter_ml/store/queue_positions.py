# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the position of a job in the queue of its compute, and when it is expected to start."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, update

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.queue import ComputeQueue, QueuePosition, Shortage
from jupyter_ml.schemas.start_estimates import Blocker, estimate_start
from jupyter_ml.schemas.states import ACTIVE, JobState
from jupyter_ml.store.queue_order import QUEUE_ORDER, starts_before
from jupyter_ml.store.similar_jobs import Durations
from jupyter_ml.store.tables import attempts, computes, job_details, jobs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

__all__ = ["compute_queue", "keep_estimate", "queue_position"]

_MOST_AHEAD = 1_000
"""The number of jobs before one, up to which its start is estimated."""
_MOST_KEPT = 100
"""The same where the estimate is kept, which each submission waits for."""
_NAMED = 3
_COMPARED = 50
_SLACK_S, _SLACK = 5, 0.1
"""How far a start may be out of its range, in seconds or as a share of the time in the queue: that of the display."""


def queue_position(connection: Connection, row: Row[Any]) -> QueuePosition:
    """Return where the job of a row is in the queue, in the order in which jobs are claimed."""
    if row.state != JobState.QUEUED:
        return QueuePosition()
    right = _compared(connection, row.compute)
    found = _estimated(connection, row, _MOST_AHEAD)
    lacking = select(job_details.c.waits_for).where(job_details.c.job_id == row.id)
    waits_for = connection.scalar(lacking) if found.position == 1 else None
    runs = (computes.c.name == row.compute, computes.c.observed == ComputeState.RUNNING)
    message = connection.scalar(select(computes.c.message).where(*runs))
    more = {"estimates": len(right), "right_estimates": sum(right), "message": message}
    return found.model_copy(update=more | {"waits_for": waits_for and Shortage.model_validate(waits_for)})


def compute_queue(connection: Connection, compute: str) -> ComputeQueue:
    """Return how many jobs a compute runs and how many wait for it, and how good its estimates were."""
    states = dict.fromkeys(ACTIVE, "running") | {JobState.QUEUED: "queued"}
    counted = select(jobs.c.state, func.count()).where(jobs.c.compute == compute, jobs.c.state.in_(states))
    counts = {"queued": 0, "running": 0}
    for state, count in connection.execute(counted.group_by(jobs.c.state)):
        counts[states[state]] += count
    right = _compared(connection, compute)
    return ComputeQueue(**counts, estimates=len(right), right_estimates=sum(right))


def keep_estimate(connection: Connection, row: Row[Any]) -> None:
    """Store when the job of a row is expected to start, to compare that with its start."""
    found = _estimated(connection, row, _MOST_KEPT)
    if found.earliest_at and found.latest_at:
        values = {"earliest_start": found.earliest_at, "latest_start": found.latest_at}
        connection.execute(update(job_details).where(job_details.c.job_id == row.id).values(values))


def _compared(connection: Connection, compute: str | None) -> list[bool]:
    """Return whether each of the last estimates on a compute was right."""
    columns = (job_details.c.earliest_start, job_details.c.latest_start, jobs.c.created_at, jobs.c.started_at)
    last = (
        select(*columns)
        .join(jobs, jobs.c.id == job_details.c.job_id)
        .where(job_details.c.earliest_start.is_not(None), jobs.c.compute == compute, jobs.c.started_at.is_not(None))
        .order_by(job_details.c.job_id.desc())
        .limit(_COMPARED)
    )
    found = []
    for earliest, latest, created, started in connection.execute(last):
        slack = max(timedelta(seconds=_SLACK_S), (started - created) * _SLACK)
        found.append(earliest - slack <= started <= latest + slack)
    return found


def _estimated(connection: Connection, row: Row[Any], most_ahead: int) -> QueuePosition:
    waiting = _waiting(row)
    before = connection.scalar(select(func.count()).where(*waiting)) or 0
    history = Durations(connection, row.compute)
    running = _running(connection, row, history)
    if before > most_ahead:
        return QueuePosition(position=before + 1, running=len(running))
    ahead = select(jobs.c.name, jobs.c.similarity).where(*waiting).order_by(*QUEUE_ORDER)
    estimate = estimate_start(
        running, [Blocker(name, history[similarity]) for name, similarity in connection.execute(ahead)]
    )
    unknown = estimate.unknown
    time = now()
    at = [time + timedelta(seconds=seconds) for seconds in estimate.quartiles] if estimate.quartiles else [None] * 3
    return QueuePosition(
        position=before + 1,
        running=len(running),
        after=estimate.after[:_NAMED],
        earliest_at=at[0],
        starts_at=at[1],
        latest_at=at[2],
        without_history=unknown.name if unknown and not unknown.durations else None,
        overdue=unknown.name if unknown and unknown.durations else None,
    )


def _waiting(row: Row[Any]) -> list[ColumnElement[bool]]:
    """Return the conditions that a job starts before the one of a row."""
    return [jobs.c.state == JobState.QUEUED, jobs.c.cancel_requested_at.is_(None), _same_slots(row), starts_before(row)]


def _running(connection: Connection, row: Row[Any], history: Durations) -> list[Blocker]:
    """Return the jobs that take slots of the same compute."""
    current = and_(attempts.c.job_id == jobs.c.id, attempts.c.number == jobs.c.attempt)
    columns = (jobs.c.name, jobs.c.similarity, attempts.c.started_at, attempts.c.eta_at)
    running = select(*columns).select_from(jobs).outerjoin(attempts, current)
    takes_slot = jobs.c.runner == Runner.SUPERVISOR
    time = now()
    return [
        Blocker(
            name,
            history[similarity],
            elapsed_s=max(0.0, (time - started).total_seconds()) if started else 0.0,
            left_s=max(0.0, (eta - time).total_seconds()) if eta else None,
        )
        for name, similarity, started, eta in connection.execute(
            running.where(jobs.c.state.in_(ACTIVE), takes_slot, _same_slots(row))
        )
    ]


def _same_slots(row: Row[Any]) -> ColumnElement[bool]:
    """Return the condition that a job takes slots of the same compute, on a host that may run the job of a row."""
    return and_(jobs.c.compute == row.compute, or_(jobs.c.host.is_(None), jobs.c.host == row.host))
