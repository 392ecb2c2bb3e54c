# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Profile the columns of a file in three passes: the first rows, one scan of all rows, and a second one.

One statement that computes everything for every column, as DuckDB's SUMMARIZE does, takes many times as long, and shows
nothing until it ends.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.cells import cell
from jupyter_ml.dataview.counts import row_count
from jupyter_ml.dataview.expressions import Expressions, expressions
from jupyter_ml.dataview.sql import literal
from jupyter_ml.dataview.tables import SAMPLE_ROWS
from jupyter_ml.schemas.data_view import Basis, Bin, ColumnProfile, Quantiles, TopValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.dataview.tables import Table

__all__ = ["BINS", "IntermediateProfile", "profile"]

BINS = 20
FEW_VALUES = 1_000
"""Up to so many distinct values, each is counted."""
TOP = 10
COLUMNS = 100
"""Number of columns in one statement."""

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class IntermediateProfile:
    """The profiles of all columns, and the number of rows, if it is known."""

    rows: int | None
    columns: list[ColumnProfile]
    complete: bool = False
    """Whether nothing is left to compute."""


def profile(table: Table) -> Iterator[IntermediateProfile]:
    """Yield the profiles of the columns: early ones, which more exact ones replace."""
    rows = row_count(table, None)
    read, early, table = _scan(table, f"(FROM {table.source} LIMIT {SAMPLE_ROWS})")
    sample = f"(FROM {table.source} LIMIT {SAMPLE_ROWS})"  # with columns that have become text
    if rows is None and read < SAMPLE_ROWS:
        rows = read
    basis = Basis(how="all" if read == rows else "sample", rows=read, of_rows=rows)
    early = _counted(table, sample, [each.model_copy(update={"basis": basis}) for each in early])
    if basis.how == "all":
        yield IntermediateProfile(rows, early, complete=True)
        return
    yield IntermediateProfile(rows, [_without_values(each) for each in early])
    rows, exact, table = _scan(table, table.source)
    basis = Basis(how="all", rows=rows, of_rows=rows)
    exact = [each.model_copy(update={"basis": basis}) for each in exact]
    yield IntermediateProfile(rows, [each.model_copy(update={"bins": []}) for each in exact])  # not counted yet
    yield IntermediateProfile(rows, _counted(table, table.source, exact), complete=True)


def _without_values(early: ColumnProfile) -> ColumnProfile:
    """Return a profile of a sample without what a sample shows wrongly about all rows: its distinct values."""
    return early.model_copy(
        update={"values_basis": None, "distinct": None, "distinct_exact": False, "top": [], "quantiles": None}
    )


def _scan(table: Table, source: str) -> tuple[int, list[ColumnProfile], Table]:
    """Count the rows and describe each column; values of another type make a column text."""
    try:
        profiles, rows = [], 0
        for start in range(0, len(table.columns), COLUMNS):
            part = [Expressions(each, each.name in table.as_text) for each in table.columns[start : start + COLUMNS]]
            selected = ["count(*)", *(sql for each in part for sql in _first_scan(each))]
            values = iter(table.query(f"SELECT {', '.join(selected)} FROM {source}")[0])
            rows = int(next(values))
            profiles += [_described(each, rows, [next(values) for _ in _first_scan(each)]) for each in part]
    except duckdb.ConversionException as error:
        textual = table.reading_as_text(error)
        return _scan(textual, source.replace(table.source, textual.source))
    return rows, profiles, table


def _first_scan(each: Expressions) -> list[str]:
    if each.is_nested:
        return [f"count({each.name})"]
    counts = [f"count({each.name})", f"count({each.value})", f"min({each.value})", f"max({each.value})"]
    distinct = f"approx_count_distinct({each.name})"
    if each.number is None:
        return [*counts, distinct]
    quantiles = f"approx_quantile({each.number}, {literal(list(_QUANTILES))})"
    extremes = [f"min({each.number})", f"max({each.number})", f"count({each.number})", f"avg({each.number})"]
    return [*counts, distinct, *extremes, quantiles]


def _described(each: Expressions, rows: int, values: list[Any]) -> ColumnProfile:
    column, basis = each.column, Basis(how="all", rows=rows)
    if each.is_nested:
        return ColumnProfile(name=column.name, type=column.type, basis=basis, nulls=rows - values[0])
    filled, of_type, lowest, highest, distinct, *numeric = values
    found: dict[str, Any] = {"minimum": cell(lowest), "maximum": cell(highest)}
    if numeric:
        lower, upper, _, mean, quantiles = numeric
        found |= {"mean": mean if each.is_number else None, "quantiles": _quantiles(quantiles)}
        if lower is not None:
            found |= {"bins": [Bin(lower=lower, upper=upper, count=0)]}
            if each.is_number and not all(map(_is_finite, (lowest, highest))):
                found |= {"minimum": lower, "maximum": upper}
    return ColumnProfile(
        name=column.name,
        type=column.type,
        basis=basis,
        values_basis=basis,
        nulls=rows - filled,
        not_numbers=filled - of_type if each.as_text else None,
        distinct=min(distinct, filled),
        **found,
    )


def _counted(table: Table, source: str, profiles: list[ColumnProfile]) -> list[ColumnProfile]:
    """Count the values in the bins of a histogram, and those of columns with few distinct values."""
    counted: list[ColumnProfile] = []
    for start in range(0, len(profiles), COLUMNS):
        part = profiles[start : start + COLUMNS]
        selected = [sql for each in part for sql in _second_scan(table, each)]
        values = iter(table.query(f"SELECT {', '.join(selected)} FROM {source}")[0] if selected else ())
        counted += [_with_counts(each, [next(values) for _ in _second_scan(table, each)]) for each in part]
    return counted


def _second_scan(table: Table, each: ColumnProfile) -> list[str]:
    found = expressions(table, each.name)
    assert found is not None
    selected = []
    if each.bins:
        selected.append(f"histogram({found.number}, {_edges(each)})")
    if _has_few(each):
        selected.append(f"histogram({found.name})")
    return selected


def _with_counts(each: ColumnProfile, values: list[Any]) -> ColumnProfile:
    changed: dict[str, Any] = {"values_basis": each.basis if each.values_basis else None}
    if each.bins:
        changed["bins"] = _bins(each, values.pop(0))
    if values:
        counts: dict[Any, int] = values.pop(0) or {}
        top = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))[:TOP]
        changed |= {
            "distinct": len(counts),
            "distinct_exact": True,
            "top": [TopValue(value=cell(value), count=count) for value, count in top],
        }
    return each.model_copy(update=changed)


def _has_few(each: ColumnProfile) -> bool:
    return each.distinct is not None and 0 < each.distinct <= FEW_VALUES


def _limits(each: ColumnProfile) -> list[float]:
    """Return the ends of the bins: one more than there are bins."""
    lower, upper = each.bins[0].lower, each.bins[-1].upper
    if lower == upper:
        return [lower, upper]
    width = upper / BINS - lower / BINS
    return [lower, *(lower + width * number for number in range(1, BINS)), upper]


def _edges(each: ColumnProfile) -> str:
    return "[" + ", ".join(f"{edge!r}::DOUBLE" for edge in _limits(each)[1:]) + "]"


def _bins(each: ColumnProfile, counts: dict[float, int] | None) -> list[Bin]:
    limits, found = _limits(each), counts or {}
    return [Bin(lower=lower, upper=upper, count=found.get(upper, 0)) for lower, upper in itertools.pairwise(limits)]


def _quantiles(values: list[float] | None) -> Quantiles | None:
    return None if values is None else Quantiles(**dict(zip(Quantiles.model_fields, values, strict=True)))


def _is_finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)
