# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List jobs by filters, in an order and in pages, with 100,000 jobs in milliseconds.

Filters and orders by columns are one indexed query. Parameters, metrics, tags and texts are in tables of their own,
where a join costs a search for each job: there, every condition is read once; then those that match are picked from the
order of an index.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.store.filtering import TABLES, column_conditions, matching_jobs
from jupyter_ml.store.matching import flags_of, ids_of
from jupyter_ml.store.paging import direction, in_stage, page_keys, skip_index
from jupyter_ml.store.tables import job_metrics, job_params, jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.store.matching import Condition
    from jupyter_ml.store.paging import Hint

__all__ = ["page_ids"]


def page_ids(connection: Connection, query: JobQuery) -> tuple[list[int], int]:
    """Return the ids of a page of jobs, and how many jobs match."""
    wanted, unwanted = matching_jobs(connection.dialect, query.terms, skip_index(connection))
    if wanted or unwanted or "." in query.sort:
        return _ordered(connection, query, _matching(connection, query, wanted, unwanted))
    return page_keys(connection, jobs, partial(_filters, query), query)


def _matching(connection: Connection, query: JobQuery, wanted: list[Condition], unwanted: list[Condition]) -> bytearray:
    """Return the jobs that match, as flags by id."""
    hint = skip_index(connection)
    if wanted and query.stage is False and not [*_column_filters(query, hint)]:  # few are archived
        archived = jobs.c.lifecycle_stage.in_(LifecycleStage.of(archived=True))
        unwanted = [*unwanted, [select(jobs.c.id).where(archived)]]
    else:
        wanted.insert(1, [select(jobs.c.id).where(_filters(query, hint))])  # texts are first
    size = 1 + (connection.scalar(select(func.max(jobs.c.id))) or 0)
    return flags_of(connection, size, wanted, unwanted)


def _ordered(connection: Connection, query: JobQuery, wanted: bytearray) -> tuple[list[int], int]:
    """Return the page of the jobs in `wanted`, and how many there are."""
    total = wanted.count(1)
    end = min(query.offset + query.limit, total)
    if query.offset >= end:
        return [], total
    probably = 100 + 2 * end * len(wanted) // total
    found: list[int] = []
    for some in _orders(query):
        for piece in (some.limit(probably), some.limit(sys.maxsize).offset(probably)):
            ids = ids_of(connection, piece)
            found += [job_id for job_id in ids if wanted[job_id]]
            if len(found) >= end or len(ids) < probably:
                break
    if len(found) < end:
        for job_id in found:
            wanted[job_id] = 0
        rest = [job_id for job_id, flag in enumerate(wanted) if flag]
        found += rest[::-1] if query.descending else rest
    return found[query.offset : end], total


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
    return and_(in_stage(jobs, query, hint), *_column_filters(query, hint))


def _column_filters(query: JobQuery, hint: Hint) -> Iterator[ColumnElement[bool]]:
    columns = jobs.c
    if query.states:
        yield hint(columns.state).in_(query.states)
    if query.types:
        yield hint(columns.type).in_(query.types)
    if query.experiment_name is not None:
        yield hint(columns.experiment_name) == query.experiment_name
    if query.created_after:
        yield hint(columns.created_at) >= query.created_after
    if query.created_before:
        yield hint(columns.created_at) < query.created_before
    yield from column_conditions(query.terms, hint)
