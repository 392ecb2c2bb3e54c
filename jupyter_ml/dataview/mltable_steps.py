# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""SQL for the transformations of MLTable files. Each function returns the query with one more, or raises ValueError."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.composed_query import QueryColumn
from jupyter_ml.dataview.mltable_conditions import condition
from jupyter_ml.dataview.mltable_conversions import converted
from jupyter_ml.dataview.sql import identifier, literal
from jupyter_ml.schemas.mltable_filters import parse_filter

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.dataview.composed_query import ComposedQuery
    from jupyter_ml.schemas.mltable import PartitionFormat, Sample, Transformation

__all__ = ["transformed"]

PARTS = 1_000_000
"""Into how many parts the hash of a row's number is divided for a random sample."""
_TIME_PARTS = {"yyyy": ("%Y", 4), "MM": ("%m", 2), "dd": ("%d", 2), "HH": ("%H", 2), "mm": ("%M", 2), "ss": ("%S", 2)}
_PLACEHOLDER = re.compile(r"\{([^{}:]+)(?::([^{}]+))?\}")


def transformed(query: ComposedQuery, step: Transformation, place: str) -> ComposedQuery:
    """Return the query with one more transformation.

    Parameters
    ----------
    query
        The query so far.
    step
        The transformation.
    place
        Where it is, for messages of queries about values that cannot be converted.

    Raises
    ------
    ValueError
        If it does not fit the columns.
    """
    if step.name == "convert_column_types":
        return converted(query, step.value, place)
    if step.name == "extract_columns_from_partition_format":
        return _partitioned(query, step.value, place)
    return _FUNCTIONS[step.name](query, step.value)


def _drop(query: ComposedQuery, names: list[str]) -> ComposedQuery:
    query.require(names)
    return _keep(query, [name for name in query.columns if name not in set(names)])


def _keep(query: ComposedQuery, names: list[str]) -> ComposedQuery:
    query.require(names)
    if not names:
        raise ValueError("no column is left")
    return query.select({}, {name: query.columns[name] for name in names})


def _sample(query: ComposedQuery, sample: Sample) -> ComposedQuery:
    number = query.path + " row"
    numbered = f"(SELECT *, row_number() OVER () AS {identifier(number)} FROM {query.sql})"
    last = round(sample.probability * PARTS)
    chosen = f"hash({identifier(number)}, {sample.seed}) % {PARTS} < {last}"
    sql = f"(SELECT * EXCLUDE ({identifier(number)}) FROM {numbered} WHERE {chosen})"
    return type(query)(sql, query.columns, query.path)


_FUNCTIONS: dict[str, Callable[[ComposedQuery, Any], ComposedQuery]] = {
    "keep_columns": _keep,
    "drop_columns": _drop,
    "filter": lambda query, text: query.followed_by(f"WHERE {condition(query, parse_filter(text))}"),
    "skip": lambda query, rows: query.followed_by(f"OFFSET {rows}"),
    "take": lambda query, rows: query.followed_by(f"LIMIT {rows}"),
    "take_random_sample": _sample,
}


def _partitioned(query: ComposedQuery, given: PartitionFormat, place: str) -> ComposedQuery:
    """Add columns with parts of the paths of files; a path without these parts is an error of the query."""
    pattern, columns = _pattern(given.partition_format)
    if taken := [name for name in columns if name in query.columns]:
        raise ValueError(f"there is a column {taken[0]!r} already")
    path, regex = f"('/' || {identifier(query.path)})", literal(pattern)
    message = literal(f"{place}: {given.partition_format} does not fit the path ")
    checked = f"CASE WHEN regexp_matches({path}, {regex}) THEN {path} ELSE error({message} || {path}) END"
    values: dict[str, str] = {}
    types: dict[str, QueryColumn] = {}
    for name, (groups, time_format) in columns.items():
        parts = [f"regexp_extract({checked}, {regex}, {group})" for group in groups]
        text = f"concat_ws('-', {', '.join(parts)})" if time_format else parts[0]
        values[name] = f"strptime({text}, {literal(time_format)})" if time_format else text
        types[name] = QueryColumn("TIMESTAMP" if time_format else "VARCHAR")
    return query.select(values, {**query.columns, **types})


def _pattern(partition_format: str) -> tuple[str, dict[str, tuple[list[int], str]]]:
    """Return a regular expression, and for each column its groups and, of a time, its format."""
    pattern, columns, last, groups = "", dict[str, Any](), 0, 0
    for match in _PLACEHOLDER.finditer(partition_format):
        pattern += re.escape(partition_format[last : match.start()])
        name, parts = match[1], match[2]
        if name in columns:
            raise ValueError(f"{name!r} is given twice")
        if parts is None:
            pattern, groups = f"{pattern}([^/]+)", groups + 1
            columns[name] = [groups], ""
        else:
            formats = []
            first = groups + 1
            for token in re.findall(r"yyyy|MM|dd|HH|mm|ss|.", parts, re.DOTALL):
                if token not in _TIME_PARTS:
                    pattern += re.escape(token)
                    continue
                code, digits = _TIME_PARTS[token]
                pattern, groups = f"{pattern}([0-9]{{{digits}}})", groups + 1
                formats.append(code)
            if not formats:
                raise ValueError(f"{parts!r} is no format of a time: write e.g. {{date:yyyy/MM/dd}}")
            columns[name] = list(range(first, groups + 1)), "-".join(formats)
        last = match.end()
    if not columns or set(partition_format[last:]) & {*"{}"}:
        raise ValueError(f"{partition_format!r} has no columns: write e.g. /{{country}}/{{date:yyyy/MM/dd}}/data.csv")
    return f"{pattern}{re.escape(partition_format[last:])}$", columns
