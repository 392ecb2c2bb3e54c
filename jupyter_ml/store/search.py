# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The text by which jobs are found: a row for each job, with an index of every three characters in it.

The index is SQLite's FTS5, which triggers keep current, or PostgreSQL's pg_trgm; see `jupyter_ml.store.tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import column, or_, select, table, update

from jupyter_ml.store.columns import CodepointText
from jupyter_ml.store.rows import indexed_text
from jupyter_ml.store.tables import job_search

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Dialect, Select

    from jupyter_ml.schemas.jobs import Job

__all__ = ["FIELDS", "matching_text", "search_row", "update_search"]

FIELDS = ("name", "source", "description", "cause", "labels")
"""Columns of the text: ``labels`` has the experiment, the user, tags and parameters."""

_LONGEST = 10_000
"""Characters of each column that are searched."""

_SHORTEST_INDEXED = 3
_INDEX = table("job_search_index", column("rowid"), column("job_search_index", CodepointText))


def search_row(job: Job, job_id: int) -> dict[str, Any]:
    """Return the row of ``job_search``."""
    cause = job.cause
    pairs = [*job.tags.items(), *job.parameters.items()]
    return {
        "job_id": job_id,
        "name": _text(job.name, job.display_name),
        "source": _text(job.spec.program if job.spec else None),
        "description": _text(job.description),
        "cause": _text(cause.short, cause.message) if cause else "",
        "labels": _text(job.experiment_name, job.user, *(f"{key}={indexed_text(value)}" for key, value in pairs)),
    }


def update_search(connection: Connection, job_id: int, job: Job) -> None:
    """Make a job that has changed found by what it is now."""
    connection.execute(update(job_search).where(job_search.c.job_id == job_id).values(search_row(job, job_id)))


def _text(*parts: str | None) -> str:
    return "\n".join(filter(None, parts))[:_LONGEST].casefold()


def matching_text(dialect: Dialect, text: str, fields: Collection[str] = FIELDS) -> Select[Any]:
    """Return a query of the ids of the jobs that have `text` in one of `fields`, in any case.

    SQLite finds fewer than three characters by a scan of the table; PostgreSQL's planner decides by itself.
    """
    wanted = text.casefold()
    if dialect.name == "sqlite" and len(wanted) >= _SHORTEST_INDEXED:
        phrase = wanted.replace('"', '""')
        some = f'{{{" ".join(fields)}}} : "{phrase}"'
        return select(_INDEX.c.rowid.label("id")).where(_INDEX.c.job_search_index.op("MATCH")(some))
    found = [job_search.c[name].contains(wanted, autoescape=True) for name in fields]
    return select(job_search.c.job_id.label("id")).where(or_(*found))
