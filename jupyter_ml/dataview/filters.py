# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Conditions on rows as SQL, whose values are bound and never part of its text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.expressions import expressions
from jupyter_ml.errors import InvalidInputError, nearest

if TYPE_CHECKING:
    from jupyter_ml.dataview.expressions import Expressions
    from jupyter_ml.dataview.tables import Table
    from jupyter_ml.schemas.data_view import RowFilter

__all__ = ["where", "with_text_columns"]


def where(table: Table, filters: list[RowFilter]) -> tuple[str, list[Any]]:
    """Return the SQL after WHERE and its parameters.

    Raises
    ------
    InvalidInputError
        If the table has no such column, or the column has no numbers.
    """
    conditions, parameters = [], []
    for each in filters:
        found = expressions(table, each.column)
        if found is None:
            close = nearest(each.column, [column.name for column in table.columns])
            raise InvalidInputError(f"filters: {table.name} has no column {each.column!r}{close}", field="filters")
        condition, values = _condition(found, each)
        conditions.append(condition)
        parameters += values
    return " AND ".join(conditions), parameters


def with_text_columns(table: Table, filters: list[RowFilter]) -> Table:
    """Return the table in which columns are text that are to have a value which is not of their type."""
    found = frozenset(each.column for each in filters if _is_other(table, each))
    return replace(table, as_text=table.as_text | found)


def _is_other(table: Table, each: RowFilter) -> bool:
    found = expressions(table, each.column)
    if found is None or each.value is None or found.is_nested or table.detected.format not in ("csv", "json_lines"):
        return False
    sql = f"SELECT TRY_CAST(? AS {found.column.type}) IS NULL"
    return bool(table.query(sql, [str(each.value)])[0][0])


def _condition(found: Expressions, each: RowFilter) -> tuple[str, list[Any]]:
    if each.is_empty:
        return f"{found.name} IS NULL", []
    if each.value is not None:
        if found.as_text or found.is_nested:
            return f"CAST({found.name} AS VARCHAR) = ?", [str(each.value)]
        return f"{found.name} = TRY_CAST(? AS {found.column.type})", [str(each.value)]
    if found.number is None:
        raise InvalidInputError(f"filters: {each.column!r} has no numbers or times", field="filters")
    lower = ">=" if each.includes_lower else ">"
    return f"{found.number} {lower} ? AND {found.number} <= ?", [each.lower, each.upper]
