# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Queries that are composed of the transformations of an MLTable file, each around the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_ml.dataview.sql import identifier
from jupyter_ml.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ComposedQuery", "QueryColumn"]


@dataclass(frozen=True)
class QueryColumn:
    """A column of a query.

    Attributes
    ----------
    type
        Its type, in DuckDB.
    is_loose
        Whether it is read as text, because some of its values do not have the type.
    """

    type: str
    is_loose: bool = False

    def typed(self, sql: str) -> str:
        """Return the SQL of the value in its type; null where a value does not have it."""
        return f"TRY_CAST({sql} AS {self.type})" if self.is_loose else sql


@dataclass(frozen=True)
class ComposedQuery:
    """A query with its columns.

    Attributes
    ----------
    sql
        The SQL after FROM.
    columns
        By name.
    path
        Name of a further column with the path of the file of a row, which is not part of the table.
    """

    sql: str
    columns: Mapping[str, QueryColumn]
    path: str

    def select(self, values: Mapping[str, str], columns: Mapping[str, QueryColumn]) -> ComposedQuery:
        """Return the query with these columns; `values` has the SQL of those that are not taken as they are."""
        selected = [f"{values[name]} AS {identifier(name)}" if name in values else identifier(name) for name in columns]
        sql = f"(SELECT {', '.join([*selected, identifier(self.path)])} FROM {self.sql})"
        return replace(self, sql=sql, columns=dict(columns))

    def followed_by(self, clause: str) -> ComposedQuery:
        """Return the query with a further clause: WHERE, LIMIT or OFFSET."""
        return replace(self, sql=f"(FROM {self.sql} {clause})")

    @property
    def final(self) -> str:
        """The SQL after FROM, without the path."""
        return f"(SELECT {', '.join(map(identifier, self.columns))} FROM {self.sql})"

    def require(self, names: Iterable[str]) -> None:
        """Raise ValueError if one of these is not a column."""
        for name in names:
            if name not in self.columns:
                known = ", ".join([*self.columns][:20]) + (", …" if len(self.columns) > 20 else "")
                close = nearest(name, self.columns) or f"; the columns are {known}"
                raise ValueError(f"there is no column {name!r}{close}")
