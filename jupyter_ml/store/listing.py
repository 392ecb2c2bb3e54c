# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List jobs by filters, in an order and in pages, with 100,000 jobs in milliseconds.

Filters and orders by columns are one indexed query. Parameters, metrics and tags are in tables of their own, where a
join costs a search for each job: there, every condition is read once in the order of the jobs and all are merged; then
those that match are picked from the order of an index.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, intersect, or_, select, type_coerce

from jupyter_ml.store.columns import Json
from jupyter_ml.store.paging import direction, in_stage, page_keys, skip_index
from jupyter_ml.store.rows import indexed_text
from jupyter_ml.store.search import matching_text
from jupyter_ml.store.tables import job_metrics, job_params, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import CompoundSelect, Connection

    from jupyter_ml.schemas.queries import Condition, JobQuery
    from jupyter_ml.store.paging import Hint

__all__ = ["page_ids"]

_TABLES = {"metrics": job_metrics, "parameters": job_params, "params": job_params, "tags": job_tags}
_COMPARE: dict[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def page_ids(connection: Connection, query: JobQuery) -> tuple[list[int], int]:
    """Return the ids of a page of jobs, and how many jobs match."""
    if query.where or query.search or "." in query.sort:
        return _merged(connection, query)
    return page_keys(connection, jobs, partial(_filters, query), query)


def _merged(connection: Connection, query: JobQuery) -> tuple[list[int], int]:
    hint = skip_index(connection)
    filtered = select(jobs.c.id).where(_filters(query, hint)).order_by(jobs.c.id)
    conditions = [_matching(condition, hint) for condition in query.where]
    if query.search:
        conditions.append(matching_text(connection.dialect, query.search))
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
    """Return many ids: one text of all is created and read several times faster than a row for each."""
    column = some.subquery().c[0]
    array = func.json_group_array(column) if connection.dialect.name == "sqlite" else func.json_agg(column)
    return connection.scalar(select(type_coerce(cast(array, Text), Json))) or []


def _orders(query: JobQuery) -> Iterator[Select[Any]]:
    """Yield queries of ids in the requested order, one after the other: those with a number, those with a text."""
    if "." not in query.sort:
        column = jobs.c[query.sort]
        some = select(jobs.c.id).where(column.is_not(None)) if column.nullable else select(jobs.c.id)
        yield some.order_by(*direction(query.descending, column, jobs.c.id))
        return
    source, key = query.sort.split(".", 1)
    table = _TABLES[source]
    some = select(table.c.job_id).where(table.c.key == key)
    value = [table.c.value] if table is job_metrics else [table.c.number, table.c.text]
    order = direction(query.descending, *value, table.c.job_id)
    yield some.where(value[0].between(-sys.float_info.max, sys.float_info.max)).order_by(*order)
    if table is job_params:
        yield some.where(table.c.number.is_(None)).order_by(*order)


def _filters(query: JobQuery, hint: Hint) -> ColumnElement[bool]:
    columns = jobs.c
    conditions = [in_stage(jobs, query, hint)]
    if query.states:
        conditions.append(hint(columns.state).in_(query.states))
    if query.types:
        conditions.append(hint(columns.type).in_(query.types))
    if query.experiment_name is not None:
        conditions.append(hint(columns.experiment_name) == query.experiment_name)
    if query.created_after:
        conditions.append(hint(columns.created_at) >= query.created_after)
    if query.created_before:
        conditions.append(hint(columns.created_at) < query.created_before)
    return and_(*conditions)


def _matching(condition: Condition, hint: Hint) -> Select[Any]:
    table = _TABLES[condition.source]
    some = select(table.c.job_id.label("id")).where(table.c.key == condition.key)
    compare = _COMPARE[condition.operator]
    if table is job_metrics:
        return some.where(compare(hint(table.c.value), condition.number))
    if condition.number is None:
        return some.where(compare(hint(table.c.text), indexed_text(condition.value)))
    matches = compare(hint(table.c.number), condition.number)
    # a text is different from any number
    return some.where(or_(matches, table.c.number.is_(None)) if condition.operator == "!=" else matches)
