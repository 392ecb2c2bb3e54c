# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How many rows a table has, as far as that is known without reading all of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyter_ml.dataview.sql import literal

if TYPE_CHECKING:
    from jupyter_ml.dataview.lines import LineIndex
    from jupyter_ml.dataview.tables import Table

__all__ = ["can_be_indexed", "estimated_rows", "file_rows", "lines_before", "row_count"]


def can_be_indexed(table: Table) -> bool:
    """Return whether each row of a file is a line, which an index finds."""
    found = table.detected
    if found.compression is not None or len(table.files) > 1 or table.partitioned or not table.is_plain:
        return False
    if found.format == "csv":
        simple = table.dialect.get("quote", "") in ("", '"') and table.dialect.get("escape", "") in ("", '"')
        lines = table.dialect.get("new_line") in ("\\n", "\\r\\n") and not table.dialect.get("comment")
        return simple and lines
    return found.format == "json_lines" and _is_object(found.head.split(b"\n", 1)[0])


def row_count(table: Table, index: LineIndex | None) -> int | None:
    """Return the number of rows, if it is known without reading the file."""
    if table.detected.format == "parquet" and table.is_plain:
        return sum(rows for _, rows in file_rows(table))
    if index is None or index.total is None:
        return None
    return index.total - lines_before(table)


def file_rows(table: Table) -> list[tuple[str, int]]:
    """Return the URL of each parquet file and its number of rows, in the order of the files."""
    urls = [file.url for file in table.files]
    counted = table.query(f"SELECT file_name, num_rows FROM parquet_file_metadata({literal(urls)})")
    rows = {str(url): int(number) for url, number in counted}
    return [(url, rows[url]) for url in urls]


def lines_before(table: Table) -> int:
    """Return the number of lines before the first row."""
    return int(table.dialect.get("skip", 0)) + int(table.header)


def estimated_rows(table: Table) -> int | None:
    """Return the number of rows by the mean size of the first ones."""
    found = table.detected
    lines = found.head.count(b"\n")
    if found.compression is not None or not lines or not table.is_plain:
        return None
    return max(0, round(table.size / (len(found.head) / lines)) - lines_before(table) * len(table.files))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
