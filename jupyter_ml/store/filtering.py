# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The terms of a filter of jobs as SQL: conditions on columns of ``jobs``, and queries of the ids of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, false, func, not_, or_, select

from jupyter_ml.schemas.filters import ARCHIVED, SOURCES, STARRED, Comparison, FieldTerm, TextTerm
from jupyter_ml.schemas.queries import states_of
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.store.rows import indexed_text
from jupyter_ml.store.search import TextCondition, matching_text
from jupyter_ml.store.tables import job_metrics, job_params, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Dialect

    from jupyter_ml.schemas.filters import Source, Term
    from jupyter_ml.store.matching import Condition
    from jupyter_ml.store.paging import Hint

__all__ = ["TABLES", "column_conditions", "matching_jobs"]

TABLES = {"metrics": job_metrics, "parameters": job_params, "params": job_params, "tags": job_tags}

_COLUMNS = {"experiment": jobs.c.experiment_name, "user": jobs.c.user, "type": jobs.c.type, "compute": jobs.c.compute}
_TEXTS = {"name": ["name"], "notebook": ["source"], "description": ["description"], "cause": ["cause"]}
_COMPARE: dict[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def column_conditions(terms: Sequence[Term], hint: Hint) -> list[ColumnElement[bool]]:
    """Return the conditions of those terms that hold for columns of ``jobs``."""
    conditions = []
    for term in terms:
        if isinstance(term, FieldTerm) and term.key not in _TEXTS:
            found = _in_state(term, hint) if term.key == "is" else hint(_COLUMNS[term.key]).in_(term.values)
            conditions.append(not_(func.coalesce(found, false())) if term.negated else found)
    return conditions


def _in_state(term: FieldTerm, hint: Hint) -> ColumnElement[bool]:
    states = sorted(state for value in term.values for state in states_of(value))
    found: list[ColumnElement[bool]] = [hint(jobs.c.state).in_(states)] if states else []
    if ARCHIVED in term.values:
        found.append(hint(jobs.c.lifecycle_stage).in_(LifecycleStage.of(archived=True)))
    if STARRED in term.values:
        found.append(hint(jobs.c.starred))
    return or_(*found)


def matching_jobs(dialect: Dialect, terms: Sequence[Term], hint: Hint) -> tuple[list[Condition], list[Condition]]:
    """Return conditions: for each wanted job all of the first hold, and none of the second."""
    found: tuple[list[Condition], list[Condition]] = [], []
    texts = []
    for term in terms:
        if isinstance(term, TextTerm):
            texts.append(TextCondition((term.text,), negated=term.negated))
        elif isinstance(term, Comparison):
            found[term.negated].append([part for source in term.sources for part in _compared(source, term, hint)])
        elif term.key in _TEXTS:
            texts.append(TextCondition(term.values, _TEXTS[term.key], term.negated))
    if texts:  # first, because it finds the fewest
        found[False].insert(0, [matching_text(dialect, texts)])
    return found


def _compared(source: Source, term: Comparison, hint: Hint) -> list[Select[Any]]:
    """Return the query for one place where the name is looked for; none where it cannot be found."""
    table = TABLES[source]
    some = select(table.c.job_id.label("id")).where(table.c.key == term.name)
    if term.operator is None:
        return [some]
    compare = _COMPARE[term.operator]
    if table is job_metrics:
        return [] if term.number is None else [some.where(compare(hint(table.c.value), term.number))]
    if table is job_tags and term.sources == SOURCES and term.operator not in ("=", "!="):
        return []  # tags are texts, and alpha<1 means the number
    if table is job_tags or term.number is None:
        return [some.where(compare(hint(table.c.text), indexed_text(term.value)))]
    matches = compare(hint(table.c.number), term.number)
    # a text is different from any number
    return [some.where(or_(matches, table.c.number.is_(None)) if term.operator == "!=" else matches)]
