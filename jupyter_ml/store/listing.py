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

from sqlalchemy import ColumnElement, Select, Text, and_, cast, except_, exists, func, intersect, select, type_coerce

from jupyter_ml.store.columns import Json
from jupyter_ml.store.filtering import TABLES, column_conditions, matching_jobs
from jupyter_ml.store.paging import direction, in_stage, page_keys, skip_index
from jupyter_ml.store.tables import job_metrics, job_params, jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import CompoundSelect, Connection

    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.store.paging import Hint

__all__ = ["page_ids"]


def page_ids(connection: Connection, query: JobQuery) -> tuple[list[int], int]:
    """Return the ids of a page of jobs, and how many jobs match."""
    wanted, unwanted = matching_jobs(connection.dialect, query.terms, skip_index(connection))
    if wanted or unwanted or "." in query.sort:
        filtered = select(jobs.c.id).where(_filters(query, skip_index(connection)))
        return _ordered(connection, query, _ids(connection, _combined(connection, filtered, wanted, unwanted)))
    return page_keys(connection, jobs, partial(_filters, query), query)


def _ordered(connection: Connection, query: JobQuery, matching: list[int]) -> tuple[list[int], int]:
    """Return the page of the jobs in `matching`, and how many there are."""
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


def _combined(
    connection: Connection, filtered: Select[Any], wanted: list[Select[Any]], unwanted: list[Select[Any]]
) -> Select[Any] | CompoundSelect[Any]:
    """Return the query of the ids that are in `filtered` and all of `wanted`, and in none of `unwanted`, ascending."""
    if connection.dialect.name != "sqlite":  # hash joins do not search
        absent = (~exists().where(some.subquery().c.id == jobs.c.id) for some in unwanted)
        return filtered.where(*(jobs.c.id.in_(some) for some in wanted), *absent).order_by(jobs.c.id)
    both = intersect(filtered, *wanted) if wanted else filtered
    if not unwanted:
        return both.order_by("id")
    return except_(select(both.subquery().c.id), *unwanted).order_by("id")


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
    table = TABLES[source]
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
    return and_(*conditions, *column_conditions(query.terms, hint))
