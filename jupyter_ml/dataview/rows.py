# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read pages of rows: any page of a parquet file or of an indexed text file, the first rows of a compressed one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.cells import cell
from jupyter_ml.dataview.tables import literal
from jupyter_ml.schemas.data_view import DataRows

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.lines import LineIndex
    from jupyter_ml.dataview.tables import Table

__all__ = ["COMPRESSED_ROWS", "Page", "can_be_indexed", "read_rows", "row_count"]

COMPRESSED_ROWS = 10_000
"""Number of rows of a compressed text file that can be read: each page reads all that precedes it."""


@dataclass(frozen=True)
class Page:
    """Which rows to read."""

    offset: int
    limit: int


def can_be_indexed(table: Table) -> bool:
    """Return whether each row of a file is a line, which an index finds."""
    found = table.detected
    if found.format == "csv":
        simple = table.dialect.get("quote", "") in ("", '"') and table.dialect.get("escape", "") in ("", '"')
        lines = table.dialect.get("new_line") in ("\\n", "\\r\\n") and not table.dialect.get("comment")
        return found.compression is None and found.encoding in ("utf-8", "cp1252") and simple and lines
    return found.format == "json_lines" and found.compression is None and _is_object(found.head.split(b"\n", 1)[0])


def row_count(table: Table, index: LineIndex | None) -> int | None:
    """Return the number of rows, if it is known without reading the file."""
    if table.detected.format == "parquet":
        path = literal(str(table.file))
        return int(table.query(f"SELECT sum(num_rows) FROM parquet_file_metadata({path})")[0][0])
    return None if index is None else index.total - _lines_before(table)


def read_rows(table: Table, page: Page, index: LineIndex | None, temporary: Path) -> DataRows:
    """Return a page of rows.

    Parameters
    ----------
    table
        The file.
    page
        Which rows.
    index
        Of the lines, if there is one.
    temporary
        Directory for the lines of the page.
    """
    total = row_count(table, index)
    last = COMPRESSED_ROWS if table.detected.compression is not None else None
    limit = page.limit if last is None else max(0, min(page.limit, last - page.offset))
    rows = _read(table, Page(page.offset, limit), index, temporary)
    if total is None and len(rows) < limit:
        total = page.offset + len(rows) if rows or page.offset == 0 else None
    return DataRows(
        path=str(table.detected.path),
        format=table.format,
        columns=list(table.columns),
        offset=page.offset,
        rows=[[cell(value) for value in row] for row in rows],
        total=total,
        estimated_total=_estimate(table) if total is None else None,
        last=last if total is None else None,
    )


def _read(table: Table, page: Page, index: LineIndex | None, temporary: Path) -> list[tuple[Any, ...]]:
    if table.detected.format == "parquet":
        return _parquet_rows(table, page)
    if index is None:
        return _typed(table, lambda reading: f"{reading.source} LIMIT {page.limit} OFFSET {page.offset}")
    lines = index.read(table.file, page.offset + _lines_before(table), page.limit)
    if not lines:
        return []
    part = temporary / "page"
    part.write_bytes(lines)
    return _typed(table, lambda reading: reading.reader(part, header=False))


def _typed(table: Table, source: Any) -> list[tuple[Any, ...]]:
    """Return rows, in which a column is text where a value does not have the type of the column."""
    try:
        return table.query(f"FROM {source(table)}")
    except duckdb.ConversionException as error:
        return _typed(table.reading_as_text(error), source)


def _parquet_rows(table: Table, page: Page) -> list[tuple[Any, ...]]:
    if any(column.name.lower() == "file_row_number" for column in table.columns):
        return table.query(f"FROM {table.source} LIMIT {page.limit} OFFSET {page.offset}")
    return table.query(
        f"SELECT * EXCLUDE (file_row_number) FROM read_parquet({literal(str(table.file))}, file_row_number=true) "
        f"WHERE file_row_number BETWEEN {page.offset} AND {page.offset + page.limit - 1} ORDER BY file_row_number"
    )


def _lines_before(table: Table) -> int:
    """Return the number of lines before the first row."""
    return int(table.dialect.get("skip", 0)) + int(table.header)


def _estimate(table: Table) -> int | None:
    found = table.detected
    lines = found.head.count(b"\n")
    if found.compression is not None or not lines:
        return None
    return max(0, round(found.size / (len(found.head) / lines)) - _lines_before(table))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
