# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""SQL for the conversions of columns of MLTable files.

A value that cannot be converted is an error of the query, which names the value: it is never replaced by nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.dataview.composed_query import QueryColumn
from jupyter_ml.dataview.expressions import is_time
from jupyter_ml.dataview.sql import identifier, literal
from jupyter_ml.schemas.mltable_conversions import BooleanType, DatetimeType

if TYPE_CHECKING:
    from jupyter_ml.dataview.composed_query import ComposedQuery
    from jupyter_ml.schemas.mltable_conversions import Conversion

__all__ = ["converted"]

SHOWN = 50
"""How many characters of a value an error shows."""


def converted(query: ComposedQuery, conversions: list[Conversion], place: str) -> ComposedQuery:
    """Return the query with converted columns; ValueError if one is missing."""
    values: dict[str, str] = {}
    columns = dict(query.columns)
    for each in conversions:
        query.require(each.columns)
        for name in each.columns:
            if name in values:
                raise ValueError(f"{name!r} is given twice")
            values[name], columns[name] = _converted(name, query.columns[name], each, place)
    return query.select(values, columns)


def _converted(name: str, column: QueryColumn, conversion: Conversion, place: str) -> tuple[str, QueryColumn]:
    kind, given = conversion.column_type, identifier(name)
    text = f"CAST({given} AS VARCHAR)"
    if kind == "string":
        return text, QueryColumn("VARCHAR")
    if kind == "int":
        value, type_, hint = _whole(given), "BIGINT", "not an int"
    elif kind == "float":
        value, type_, hint = f"TRY_CAST({given} AS DOUBLE)", "DOUBLE", "not a float"
    elif isinstance(kind, BooleanType):
        value, type_, hint = _boolean(given, text, kind), "BOOLEAN", "neither true nor false"
    else:
        assert isinstance(kind, DatetimeType)
        value, type_ = _time(given, text, column, kind), "TIMESTAMP"
        hint = "not a time" + (" of these formats" if kind.formats else " of ISO 8601: give formats")
    message = f"{literal(f'{place}: column {name!r}: ')} || left({text}, {SHOWN}) || {literal(f' is {hint}')}"
    checked = f"CASE WHEN {given} IS NULL THEN NULL ELSE coalesce({value}, error({message})) END"
    return checked, QueryColumn(type_)


def _whole(given: str) -> str:
    """Return a whole number; null for others, which DuckDB rounds."""
    number, whole = f"TRY_CAST({given} AS DOUBLE)", f"TRY_CAST({given} AS BIGINT)"
    return f"CASE WHEN {number} = {whole} THEN {whole} END"


def _boolean(given: str, text: str, kind: BooleanType) -> str:
    other = "NULL" if kind.mismatch_as == "error" else kind.mismatch_as
    if kind.true_values is None or kind.false_values is None:
        return f"coalesce(TRY_CAST({given} AS BOOLEAN), {other})"
    return (
        f"CASE WHEN list_contains({literal(kind.true_values)}, {text}) THEN true "
        f"WHEN list_contains({literal(kind.false_values)}, {text}) THEN false ELSE {other} END"
    )


def _time(given: str, text: str, column: QueryColumn, kind: DatetimeType) -> str:
    if is_time(column.type) and not column.is_loose:
        return f"CAST({given} AS TIMESTAMP)"
    if not kind.formats:
        return f"TRY_CAST({text} AS TIMESTAMP)"
    return f"try_strptime({text}, {literal(kind.formats)})"
