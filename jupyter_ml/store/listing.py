"""Lists of jobs: filters, order, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from jupyter_ml.schemas.queries import Page
from jupyter_ml.store.rows import read_jobs
from jupyter_ml.store.tables import Shelf, jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import JobQuery

__all__ = ["page"]


def page(connection: Connection, query: JobQuery) -> Page[Job]:
    """Return one page."""
    matching = jobs.c.shelf == Shelf.LISTED
    if query.states:
        matching &= jobs.c.state.in_(query.states)
    total = connection.scalar(select(func.count()).where(matching)) or 0
    ids = select(jobs.c.id).where(matching).order_by(jobs.c.created_at.desc()).limit(query.limit).offset(query.offset)
    return Page(items=read_jobs(connection, [*connection.scalars(ids)]), total=total)
