# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the position of a job in the queue of its compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.queue import QueuePosition
from jupyter_ml.schemas.states import ACTIVE, JobState
from jupyter_ml.store.tables import attempts, jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

__all__ = ["queue_position"]


def queue_position(connection: Connection, row: Row[Any]) -> QueuePosition:
    """Return where the job of a row is in the queue, in the order in which jobs are claimed."""
    if row.state != JobState.QUEUED:
        return QueuePosition()
    earlier = or_(jobs.c.priority > row.priority, and_(jobs.c.priority == row.priority, jobs.c.id < row.id))
    waiting = [jobs.c.state == JobState.QUEUED, jobs.c.cancel_requested_at.is_(None), _same_slots(row)]
    before = connection.scalar(select(func.count()).where(*waiting, earlier)) or 0
    ends = _expected_ends(connection, row)
    known = sorted(end for end in ends if end is not None)
    is_known = len(known) == len(ends) > before
    return QueuePosition(position=before + 1, running=len(ends), starts_at=known[before] if is_known else None)


def _expected_ends(connection: Connection, row: Row[Any]) -> list[datetime | None]:
    """Return when each job that runs on the same compute is expected to end."""
    current = and_(attempts.c.job_id == jobs.c.id, attempts.c.number == jobs.c.attempt)
    running = select(attempts.c.eta_at).select_from(jobs).outerjoin(attempts, current)
    takes_slot = jobs.c.runner == Runner.SUPERVISOR
    return list(connection.scalars(running.where(jobs.c.state.in_(ACTIVE), takes_slot, _same_slots(row))))


def _same_slots(row: Row[Any]) -> ColumnElement[bool]:
    """Return the condition that a job takes slots of the same compute, on a host that may run the job of a row."""
    return and_(jobs.c.compute == row.compute, or_(jobs.c.host.is_(None), jobs.c.host == row.host))
