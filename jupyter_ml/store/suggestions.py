# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Names and values that recent jobs have, the most frequent first, to complete filters with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from jupyter_ml.store.filtering import TABLES
from jupyter_ml.store.tables import job_search, jobs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

    from jupyter_ml.schemas.filters import Source
    from jupyter_ml.store.engine import Database

__all__ = ["SuggestionStore"]

_RECENT = 2_000
"""Newest jobs whose names and values are suggested: however many there are, it takes milliseconds."""

_MOST = 500
"""Different values that are read."""


class SuggestionStore:
    """Names and values of recent jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self, source: Source) -> list[str]:
        """Return the names of parameters, metrics or tags."""
        columns = TABLES[source].c
        return self._frequent(columns.key, columns.job_id)

    def values(self, source: Source, name: str) -> list[str]:
        """Return the values of a parameter or a tag; none of a metric, whose values are seldom the same."""
        if source == "metrics":
            return []
        columns = TABLES[source].c
        return self._frequent(columns.text, columns.job_id, columns.key == name)

    def column(self, key: str) -> list[str]:
        """Return the values that a key of filters finds, e.g. experiments or users; none of other keys."""
        columns = {
            "experiment": (jobs.c.experiment_name, jobs.c.id),
            "user": (jobs.c.user, jobs.c.id),
            "compute": (jobs.c.compute, jobs.c.id),
            "notebook": (job_search.c.source, job_search.c.job_id),
        }
        return self._frequent(*columns[key]) if key in columns else []

    def exists(self, source: Source, name: str) -> bool:
        """Return whether any job has a parameter, metric or tag of this name."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists().where(TABLES[source].c.key == name))))

    def _frequent(
        self, value: ColumnElement[Any], job_id: ColumnElement[Any], *where: ColumnElement[bool]
    ) -> list[str]:
        recent: Select[Any] = select(jobs.c.id).order_by(jobs.c.id.desc()).limit(_RECENT)
        some = select(value).where(job_id.in_(recent), value.is_not(None), value != "", *where)
        with self._database.read() as connection:
            return [*connection.scalars(some.group_by(value).order_by(func.count().desc(), value).limit(_MOST))]
