# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A page of a table's keys by indexed queries: 100,000 rows are listed in milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, func, not_, select, true
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from jupyter_ml.schemas.filters import TextTerm
from jupyter_ml.schemas.resources import LifecycleStage

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Select, Table

    from jupyter_ml.schemas.filters import Term
    from jupyter_ml.schemas.resources import ListQuery

    Hint = Callable[[ColumnElement[Any]], ColumnElement[Any]]
    Conditions = Callable[[Hint], ColumnElement[bool]]

__all__ = ["direction", "holds", "in_stage", "key_of", "page_keys", "skip_index", "use_index"]

_FEW = 1_000
"""Rows up to which sorting what the filters find is faster than filtering along the index of the sort column."""


def page_keys(connection: Connection, table: Table, where: Conditions, query: ListQuery) -> tuple[list[Any], int]:
    """Return the primary keys of a page of rows in their order, and how many rows there are.

    Parameters
    ----------
    connection
        Of a reader.
    table
        Its primary key is one column, which also orders rows that are equal in the sort column.
    where
        Returns the filters, given what to wrap around each column so that its index is used or not.
    query
        Its ``sort`` is a column of the table; rows without a value come last.
    """
    key, column = key_of(table), table.c[query.sort]
    valued = func.count(column) if column.nullable else func.count()
    counts = select(func.count(), valued).select_from(table).where(where(use_index))
    total, with_value = connection.execute(counts).one()
    if total <= query.offset:
        return [], total
    if total <= _FEW:
        return _sorted(connection, table, where, query), total
    some = select(key).where(where(skip_index(connection)))
    parts = [
        _Part(some.where(column.is_not(None)), [column, key], with_value),
        _Part(some.where(column.is_(None)), [key], total - with_value),
    ]
    keys: list[Any] = []
    start = 0
    for part in parts:
        rows = range(max(query.offset - start, 0), min(query.offset + query.limit - start, part.size))
        start += part.size
        if rows:
            keys += part.keys(connection, rows, descending=query.descending)
    return keys, total


class _Part(NamedTuple):
    """Rows that have a value in the sort column, or rows that have none, filtered along the index of their order."""

    some: Select[Any]
    order: list[ColumnElement[Any]]
    size: int

    def keys(self, connection: Connection, rows: range, *, descending: bool) -> list[Any]:
        """Return the keys in `rows`, searched from the nearer end."""
        from_end = rows.start > self.size - rows.stop
        offset = self.size - rows.stop if from_end else rows.start
        ordered = self.some.order_by(*direction(descending is not from_end, *self.order))
        keys = [*connection.scalars(ordered.limit(len(rows)).offset(offset))]
        return keys[::-1] if from_end else keys


def _sorted(connection: Connection, table: Table, where: Conditions, query: ListQuery) -> list[Any]:
    """Return the keys of a page of few rows, which are found by the filters and then sorted."""
    key, column = key_of(table), skip_index(connection)(table.c[query.sort])
    order = [column.is_(None), *direction(query.descending, column, key)]
    page = select(key).where(where(use_index)).order_by(*order).limit(query.limit).offset(query.offset)
    return [*connection.scalars(page)]


def in_stage(table: Table, query: ListQuery, hint: Hint) -> ColumnElement[bool]:
    """Return the filter by lifecycle stage."""
    if query.stage is None:
        return true()
    return hint(table.c.lifecycle_stage).in_(LifecycleStage.of(archived=query.stage))


def holds(table: Table, term: Term, hint: Hint) -> ColumnElement[bool]:
    """Return the condition of a filter's term, which every kind of resource has: a text, or ``is:archived``."""
    if isinstance(term, TextTerm):
        found = table.c.search.contains(term.text.casefold(), autoescape=True)
    else:
        found = hint(table.c.lifecycle_stage).in_(LifecycleStage.of(archived=True))
    return not_(found) if term.negated else found


def key_of(table: Table) -> ColumnElement[Any]:
    """Return the column that is the primary key of `table`."""
    (key,) = table.primary_key.columns
    return key


def direction(descending: bool, *columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return what orders by all of `columns` in one direction."""
    return [column.desc() if descending else column.asc() for column in columns]


def use_index(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return `column` as it is: the planner may use its index."""
    return column


def skip_index(connection: Connection) -> Hint:
    """Return a hint that keeps SQLite's planner from using a column's index: ``+column``."""
    if connection.dialect.name != "sqlite":
        return use_index
    return lambda column: UnaryExpression(column, operator=custom_op("+"), type_=column.type)
