# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read pages of rows: any page of a parquet file or of an indexed text file, the first rows of a compressed one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.cells import cell
from jupyter_ml.dataview.counts import estimated_rows, file_rows, lines_before, row_count
from jupyter_ml.dataview.filters import where, with_text_columns
from jupyter_ml.dataview.sql import identifier
from jupyter_ml.schemas.data_view import DataRows

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.lines import LineIndex
    from jupyter_ml.dataview.tables import Table
    from jupyter_ml.schemas.data_view import RowFilter

__all__ = ["COMPRESSED_ROWS", "Page", "read_rows"]

COMPRESSED_ROWS = 10_000
"""Number of rows of a compressed text file that can be read: each page reads all that precedes it."""


@dataclass(frozen=True)
class Page:
    """Which rows to read: of all rows, or of those that match all of `filters`."""

    offset: int
    limit: int
    filters: tuple[RowFilter, ...] = ()


def read_rows(table: Table, page: Page, index: LineIndex | None, temporary: Path) -> DataRows:
    """Return a page of rows.

    Parameters
    ----------
    table
        The file or files.
    page
        Which rows.
    index
        Of the lines, if there is one; the lines of the page are waited for.
    temporary
        Where the lines of the page may be written to: no other page uses it.
    """
    if page.filters:
        return _matching(with_text_columns(table, list(page.filters)), page)
    last = COMPRESSED_ROWS if table.detected.compression is not None else None
    limit = page.limit if last is None else max(0, min(page.limit, last - page.offset))
    before = lines_before(table)
    if index is not None and not index.wait(before + page.offset + limit):
        index = None
    rows = _read(table, Page(page.offset, limit), index, temporary)
    total = row_count(table, index)
    if total is None and len(rows) < limit:
        total = page.offset + len(rows) if rows or page.offset == 0 else None
    return DataRows(
        path=table.name,
        format=table.format,
        columns=list(table.columns),
        offset=page.offset,
        rows=_cells(rows),
        total=total,
        estimated_total=estimated_rows(table) if total is None else None,
        last=last if total is None else None,
    )


def _matching(table: Table, page: Page) -> DataRows:
    """Return a page of the rows that match the filters; their total is known at their end only."""
    try:
        condition, parameters = where(table, list(page.filters))
        source = f"{table.source} WHERE {condition} LIMIT {page.limit} OFFSET {page.offset}"
        rows = table.query(f"FROM {source}", parameters)
    except duckdb.ConversionException as error:
        return _matching(table.reading_as_text(error), page)
    is_end = len(rows) < page.limit and (bool(rows) or page.offset == 0)
    return DataRows(
        path=table.name,
        format=table.format,
        columns=list(table.columns),
        offset=page.offset,
        rows=_cells(rows),
        total=page.offset + len(rows) if is_end else None,
    )


def _cells(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [[cell(value) for value in row] for row in rows]


def _read(table: Table, page: Page, index: LineIndex | None, temporary: Path) -> list[tuple[Any, ...]]:
    if table.detected.format == "parquet" and table.is_plain:
        return _parquet_rows(table, page)
    if index is None:
        return _typed(table, lambda reading: f"{reading.source} LIMIT {page.limit} OFFSET {page.offset}")
    lines = index.read(page.offset + lines_before(table), page.limit)
    if not lines:
        return []
    part = temporary / "page"
    part.write_bytes(lines)
    try:
        return _typed(table, lambda reading: reading.reader([str(part)], header=False, more={"skip": 0}))
    finally:
        part.unlink()


def _typed(table: Table, source: Any) -> list[tuple[Any, ...]]:
    """Return rows, in which a column is text where a value does not have the type of the column."""
    try:
        return table.query(f"FROM {source(table)}")
    except duckdb.ConversionException as error:
        return _typed(table.reading_as_text(error), source)


def _parquet_rows(table: Table, page: Page) -> list[tuple[Any, ...]]:
    names = {column.name.lower() for column in table.columns}
    if names & {"file_row_number", "filename"}:
        return table.query(f"FROM {table.source} LIMIT {page.limit} OFFSET {page.offset}")
    columns = ", ".join(identifier(column.name) for column in table.columns)
    more: dict[str, Any] = {"file_row_number": True} | ({"filename": True} if len(table.files) > 1 else {})
    source = table.reader([file.url for file in table.files], header=False, more=more)
    found: list[tuple[Any, ...]] = []
    before = 0
    for url, rows in file_rows(table):
        first, last = max(0, page.offset - before), min(rows, page.offset + page.limit - before)
        if first < last:
            only = " AND filename = ?" if len(table.files) > 1 else ""
            sql = f"SELECT {columns} FROM {source} WHERE file_row_number BETWEEN {first} AND {last - 1}{only}"
            found += table.query(f"{sql} ORDER BY file_row_number", [url] if only else None)
        before += rows
    return found
