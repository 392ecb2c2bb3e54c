# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""SQL for the conditions of MLTable files."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_ml.dataview.expressions import is_number, is_time
from jupyter_ml.dataview.sql import identifier, literal
from jupyter_ml.schemas.mltable_filters import Both, ColumnName, Comparison, Not

if TYPE_CHECKING:
    from jupyter_ml.dataview.composed_query import ComposedQuery
    from jupyter_ml.schemas.mltable_filters import Expression, Value

__all__ = ["condition"]


def condition(query: ComposedQuery, expression: Expression) -> str:
    """Return a condition as SQL; ValueError if a column is missing, or is compared with a value of another type."""
    if isinstance(expression, Not):
        return f"(NOT {condition(query, expression.condition)})"
    if isinstance(expression, Both):
        return f"({f' {expression.word} '.join(condition(query, each) for each in expression.conditions)})"
    return _comparison(query, expression)


def _comparison(query: ComposedQuery, found: Comparison) -> str:
    left, right = found.left, found.right
    for side, other in ((left, right), (right, left)):
        if isinstance(side, ColumnName):
            query.require([side.name])
            if other is None:
                return f"({_column(query, side)} {_is(found.operator)} NULL)"
    types = {_family(query, left), _family(query, right)}
    if len(types) > 1:
        raise ValueError(
            f"{_shown(query, left)} cannot be compared with {_shown(query, right)}: convert it first, by "
            "convert_column_types"
        )
    return f"({_sql(query, left)} {found.operator} {_sql(query, right)})"


def _is(operator: str) -> str:
    if operator not in ("=", "<>"):
        raise ValueError("None can be compared by == and != only")
    return "IS" if operator == "=" else "IS NOT"


def _column(query: ComposedQuery, column: ColumnName) -> str:
    return query.columns[column.name].typed(identifier(column.name))


def _sql(query: ComposedQuery, operand: ColumnName | Value) -> str:
    if isinstance(operand, ColumnName):
        return _column(query, operand)
    return f"TIMESTAMP '{operand.isoformat(' ')}'" if isinstance(operand, datetime) else literal(operand)


def _family(query: ComposedQuery, operand: ColumnName | Value) -> str:
    """Return the kind of types whose values can be compared."""
    if isinstance(operand, ColumnName):
        type_ = query.columns[operand.name].type
        if is_number(type_):
            return "number"
        return "time" if is_time(type_) else {"VARCHAR": "text", "BOOLEAN": "boolean"}.get(type_, type_)
    if isinstance(operand, bool):
        return "boolean"
    if isinstance(operand, int | float):
        return "number"
    return "time" if isinstance(operand, datetime) else "text"


def _shown(query: ComposedQuery, operand: ColumnName | Value) -> str:
    if isinstance(operand, ColumnName):
        return f"the column {operand.name!r} of the type {query.columns[operand.name].type}"
    return repr(operand)
