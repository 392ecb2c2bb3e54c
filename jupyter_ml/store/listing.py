# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Lists of jobs: filters, order, pages; 100,000 jobs must not be felt.

Filters and orders by columns are one indexed query. Parameters, metrics and tags lie in tables of their own, where a
join costs a search for each job: there, every condition is read once in the order of the jobs and all are merged; then
those that match are picked from the order of an index.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, intersect, or_, select, true, type_coerce
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from jupyter_ml.schemas.queries import Page
from jupyter_ml.store.columns import Json
from jupyter_ml.store.rows import indexed_text, read_jobs
from jupyter_ml.store.tables import LifecycleStage, job_metrics, job_params, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import CompoundSelect, Connection

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import Condition, JobQuery

    Seen = Callable[[ColumnElement[Any]], ColumnElement[Any]]

__all__ = ["page"]

_FEW = 1_000
_NULLABLE = ("started_at", "ended_at")
_TABLES = {"metrics": job_metrics, "parameters": job_params, "params": job_params, "tags": job_tags}
_COMPARE: dict[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def page(connection: Connection, query: JobQuery) -> Page[Job]:
    """Return one page."""
    by_values = bool(query.where) or "." in query.sort
    ids, total = (_merged if by_values else _indexed)(connection, query)
    return Page(items=read_jobs(connection, ids), total=total)


def _indexed(connection: Connection, query: JobQuery) -> tuple[list[int], int]:
    ids: list[int] = []
    total = 0
    for part in _parts(query):
        count = connection.scalar(select(func.count()).select_from(jobs).where(part.filters(_as_it_is))) or 0
        rows = range(max(query.offset - total, 0), min(query.offset + query.limit - total, count))
        total += count
        if rows:
            ids += _slice(connection, part, rows, count)
    return ids, total


class _Part(NamedTuple):
    """Jobs that have a value in the column that orders them, or those that have none."""

    query: JobQuery
    order: ColumnElement[Any]
    condition: ColumnElement[bool]

    def filters(self, seen: Seen) -> ColumnElement[bool]:
        return and_(_filters(self.query, seen), self.condition)


def _parts(query: JobQuery) -> list[_Part]:
    column = jobs.c[query.sort]
    if query.sort not in _NULLABLE:
        return [_Part(query, column, true())]
    return [_Part(query, column, column.is_not(None)), _Part(query, jobs.c.id, column.is_(None))]


def _slice(connection: Connection, part: _Part, rows: range, count: int) -> list[int]:
    """Return the ids in `rows` of `count`, looking for them from the nearer end."""
    # many are met soon in the order of its index; few are found by their filters and put in order
    scanned = _scanned(connection)
    filtered, ordered = (scanned, _as_it_is) if count > _FEW else (_as_it_is, scanned)
    from_end = rows.start > count - rows.stop
    descending = part.query.descending is not from_end
    some = (
        select(jobs.c.id)
        .where(part.filters(filtered))
        .order_by(*_direction(descending, ordered(part.order), jobs.c.id))
        .limit(len(rows))
        .offset(count - rows.stop if from_end else rows.start)
    )
    ids = [*connection.scalars(some)]
    return ids[::-1] if from_end else ids


def _merged(connection: Connection, query: JobQuery) -> tuple[list[int], int]:
    seen = _scanned(connection)
    filtered = select(jobs.c.id).where(_filters(query, seen)).order_by(jobs.c.id)
    conditions = [_matching(condition, seen) for condition in query.where]
    if connection.dialect.name == "sqlite" and conditions:
        matching = _ids(connection, intersect(filtered.order_by(None), *conditions).order_by("id"))
    else:  # hash joins do not search
        matching = _ids(connection, filtered.where(*(jobs.c.id.in_(condition) for condition in conditions)))
    total = len(matching)
    end = min(query.offset + query.limit, total)
    if query.offset >= end:
        return [], total
    # a byte for each job stays in the processor's cache, which a set of 100,000 numbers does not
    wanted = bytearray(1 + (connection.scalar(select(func.max(jobs.c.id))) or 0))
    for job_id in matching:
        wanted[job_id] = 1
    probably = 100 + 2 * end * len(wanted) // total
    found: list[int] = []
    for some in _orders(query):
        for piece in (some.limit(probably), some.limit(sys.maxsize).offset(probably)):
            if len(found) < end:
                found += [job_id for job_id in _ids(connection, piece) if wanted[job_id]]
    if len(found) < end:
        for job_id in found:
            wanted[job_id] = 0
        rest = [job_id for job_id in matching if wanted[job_id]]
        found += rest[::-1] if query.descending else rest
    return found[query.offset : end], total


def _ids(connection: Connection, some: Select[Any] | CompoundSelect[Any]) -> list[int]:
    """Return many ids: one text of all is made and read several times faster than a row for each."""
    column = some.subquery().c[0]
    array = func.json_group_array(column) if connection.dialect.name == "sqlite" else func.json_agg(column)
    return connection.scalar(select(type_coerce(cast(array, Text), Json))) or []


def _orders(query: JobQuery) -> Iterator[Select[Any]]:
    """Yield what selects ids in the order wanted, one after the other: those with a number, those with a text."""
    if "." not in query.sort:
        column = jobs.c[query.sort]
        some = select(jobs.c.id).where(column.is_not(None)) if query.sort in _NULLABLE else select(jobs.c.id)
        yield some.order_by(*_direction(query.descending, column, jobs.c.id))
        return
    source, key = query.sort.split(".", 1)
    table = _TABLES[source]
    some = select(table.c.job_id).where(table.c.key == key)
    value = [table.c.value] if table is job_metrics else [table.c.number, table.c.text]
    order = _direction(query.descending, *value, table.c.job_id)
    yield some.where(value[0].between(-sys.float_info.max, sys.float_info.max)).order_by(*order)
    if table is job_params:
        yield some.where(table.c.number.is_(None)).order_by(*order)


def _filters(query: JobQuery, seen: Seen) -> ColumnElement[bool]:
    columns = jobs.c
    conditions: list[ColumnElement[bool]] = []
    if query.archived is not None:
        conditions.append(seen(columns.lifecycle_stage).in_(LifecycleStage.of(archived=query.archived)))
    if query.states:
        conditions.append(seen(columns.state).in_(query.states))
    if query.types:
        conditions.append(seen(columns.type).in_(query.types))
    if query.experiment_name is not None:
        conditions.append(seen(columns.experiment_name) == query.experiment_name)
    if query.created_after:
        conditions.append(seen(columns.created_at) >= query.created_after)
    if query.created_before:
        conditions.append(seen(columns.created_at) < query.created_before)
    if query.search:
        conditions.append(columns.search.contains(query.search.casefold(), autoescape=True))
    return and_(true(), *conditions)


def _matching(condition: Condition, seen: Seen) -> Select[Any]:
    table = _TABLES[condition.source]
    some = select(table.c.job_id.label("id")).where(table.c.key == condition.key)
    compare = _COMPARE[condition.operator]
    if table is job_metrics:
        return some.where(compare(seen(table.c.value), condition.number))
    if condition.number is None:
        return some.where(compare(seen(table.c.text), indexed_text(condition.value)))
    matches = compare(seen(table.c.number), condition.number)
    # a text is different from any number
    return some.where(or_(matches, table.c.number.is_(None)) if condition.operator == "!=" else matches)


def _direction(descending: bool, *columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [column.desc() if descending else column.asc() for column in columns]


def _as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def _scanned(connection: Connection) -> Seen:
    """Return what makes SQLite's planner leave a column's index alone: ``+column``."""
    if connection.dialect.name != "sqlite":
        return _as_it_is
    return lambda column: UnaryExpression(column, operator=custom_op("+"), type_=column.type)
