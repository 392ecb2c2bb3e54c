# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The text by which jobs are found: a row for each job, with an index of every three characters in it.

The index is SQLite's FTS5, which triggers keep current, or PostgreSQL's pg_trgm; see `jupyter_ml.store.tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import column, not_, or_, select, table, update

from jupyter_ml.store.columns import CodepointText
from jupyter_ml.store.rows import indexed_text, read_jobs
from jupyter_ml.store.tables import job_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Dialect, Select

    from jupyter_ml.schemas.jobs import Job

__all__ = ["FIELDS", "TextCondition", "matching_text", "refresh_search", "search_row", "update_search"]

FIELDS = ("name", "source", "description", "cause", "labels")
"""Columns of the text: ``labels`` has the experiment, the user, tags and parameters."""

_LONGEST = 10_000
"""Characters of each column that are searched."""

_SHORTEST_INDEXED = 3
_INDEX = table("job_search_index", column("rowid"), column("job_search_index", CodepointText))


def search_row(job: Job, job_id: int) -> dict[str, Any]:
    """Return the row of ``job_search``."""
    cause = job.cause
    pairs = [*job.tags.items(), *job.parameters.items(), *job.logged_tags.items(), *job.logged_parameters.items()]
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


def refresh_search(connection: Connection, ids: Sequence[int]) -> None:
    """Make jobs that have changed found by what they are now."""
    for job_id, job in zip(ids, read_jobs(connection, ids), strict=True):
        update_search(connection, job_id, job)


def _text(*parts: str | None) -> str:
    return "\n".join(filter(None, parts))[:_LONGEST].casefold()


class TextCondition(NamedTuple):
    """That a job has one of several texts in one of several columns, in any case; or that it has none of them."""

    texts: Sequence[str]
    fields: Sequence[str] = FIELDS
    negated: bool = False

    @property
    def is_indexed(self) -> bool:
        """Whether FTS5 finds it, which knows every three characters; a scan of the table finds fewer."""
        return all(len(text.casefold()) >= _SHORTEST_INDEXED for text in self.texts)

    @property
    def match(self) -> str:
        """The condition as FTS5's query, without regard to the negation."""
        phrases = ['"' + text.casefold().replace('"', '""') + '"' for text in self.texts]
        return f"{{{' '.join(self.fields)}}} : ({' OR '.join(phrases)})"

    @property
    def scan(self) -> ColumnElement[bool]:
        """The condition for a row."""
        columns = [job_search.c[field] for field in self.fields]
        found = or_(*(each.contains(text.casefold(), autoescape=True) for text in self.texts for each in columns))
        return not_(found) if self.negated else found


def matching_text(dialect: Dialect, conditions: Sequence[TextCondition]) -> Select[Any]:
    """Return a query of the ids of the jobs for which all of `conditions` hold."""
    indexed = [each for each in conditions if dialect.name == "sqlite" and each.is_indexed]
    scanned = [each.scan for each in conditions if each not in indexed]
    wanted = " AND ".join(each.match for each in indexed if not each.negated)
    unwanted = " OR ".join(each.match for each in indexed if each.negated)
    if wanted:
        found = _matching(f"({wanted}) NOT ({unwanted})" if unwanted else wanted)
        if not scanned:
            return found
        scanned.append(job_search.c.job_id.in_(found))
    elif unwanted:
        scanned.append(job_search.c.job_id.not_in(_matching(unwanted)))
    return select(job_search.c.job_id.label("id")).where(*scanned)


def _matching(match: str) -> Select[Any]:
    return select(_INDEX.c.rowid.label("id")).where(_INDEX.c.job_search_index.op("MATCH")(match))
