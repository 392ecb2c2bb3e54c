# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out the dialect of a csv file, also if its lines have different numbers of fields."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.sql import arguments, literal
from jupyter_ml.dataview.tables import SAMPLE_ROWS
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataColumn

if TYPE_CHECKING:
    from jupyter_ml.dataview.detection import Detected
    from jupyter_ml.dataview.tables import Table

__all__ = ["open_csv"]

_DELIMITERS = ",;\t|"
_TYPES = {"BIGNUM": "VARCHAR"}
"""Types with which DuckDB can do little: integers of more than 38 digits."""


def open_csv(table: Table, given: dict[str, Any] | None = None) -> Table:
    """Return a table with the dialect, and with the names and types of its columns.

    Parameters
    ----------
    table
        The file or files.
    given
        What is known of the dialect: arguments of DuckDB's ``sniff_csv``.
    """
    found = table.detected
    known = given or {}
    try:
        sniffed = _sniff(table, known)
        delimiter = _hidden_delimiter(sniffed) or _skipped_delimiter(sniffed, _text(found))
    except InvalidInputError:
        if "delim" not in known:
            raise
        sniffed, delimiter = {}, known["delim"]
    if delimiter is not None and delimiter != known.get("delim", delimiter):
        note = f"The first line has {delimiter!r} and not {known['delim']!r}, which is given as the delimiter."
        table, delimiter = replace(table, notes=(*table.notes, note)), None
    if delimiter is not None:  # ragged: no delimiter gives all lines the same number of fields
        tolerant = {**known, "delim": delimiter, "strict_mode": False, "null_padding": True}
        sniffed = {**_sniff(table, tolerant), "strict_mode": False, "null_padding": True}
        note = _ragged(_text(found), delimiter)
        table = replace(table, notes=(*table.notes, note))
    if skipped := sniffed.get("skip"):
        lines = "line is" if skipped == 1 else f"{skipped:,} lines are"
        note = f"The first {lines} left out: the following ones have another number of fields."
        table = replace(table, notes=(*table.notes, note))
    columns = sniffed.pop("columns")
    header = sniffed.pop("header")
    if not sniffed["quote"] and b'"' not in found.head:  # one may come later
        sniffed |= {"quote": '"', "escape": '"'}
    if delimiter is not None and "header" not in known:
        columns, header, sniffed = _named_by_first_line(table, columns, header, sniffed)
    return replace(table, columns=columns, dialect=sniffed, header=header)


def _sniff(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    options = {"sample_size": SAMPLE_ROWS, **table.buffers, **given}
    row = table.query(f"FROM sniff_csv({literal(table.file.url)}, {arguments(options)})")[0]
    delimiter, quote, escape, new_line, comment, skip, header, columns, date, timestamp, *_ = row
    found = {
        "delim": _character(delimiter),
        "quote": _character(quote),
        "escape": _character(escape),
        "comment": _character(comment),
        "skip": skip,
        **({"new_line": new_line} if new_line in ("\\n", "\\r", "\\r\\n") else {}),
        **({"dateformat": date} if date else {}),
        **({"timestampformat": timestamp} if timestamp else {}),
    }
    return {
        **found,
        "header": header,
        "columns": tuple(
            DataColumn(name=each["name"], type=_TYPES.get(each["type"], each["type"])) for each in columns
        ),
    }


def _named_by_first_line(
    table: Table, columns: tuple[DataColumn, ...], header: bool, sniffed: dict[str, Any]
) -> tuple[tuple[DataColumn, ...], bool, dict[str, Any]]:
    """Take the first line of a ragged file as its head, if it is one: no field of it is a number or empty."""
    if header:
        return columns, header, sniffed
    found = table.detected
    first = _text(found).splitlines()[0]
    names = [name.strip().strip('"') for name in first.split(sniffed["delim"])]
    if len(names) > len(columns) or any(not name or _is_number(name) for name in names):
        return columns, header, sniffed
    named = tuple(
        DataColumn(name=names[at] if at < len(names) else column.name, type="VARCHAR")
        for at, column in enumerate(columns)
    )
    repeated = [name for name, count in Counter(each.name for each in named).items() if count > 1]
    return (columns, header, sniffed) if repeated else (named, True, sniffed)


def _hidden_delimiter(sniffed: dict[str, Any]) -> str | None:
    """Return the delimiter in the name of the only column: the sniffer has found none that fits all lines."""
    if len(sniffed["columns"]) != 1:
        return None
    name = sniffed["columns"][0].name
    return next((delimiter for delimiter in _DELIMITERS if delimiter in name), None)


def _skipped_delimiter(sniffed: dict[str, Any], text: str) -> str | None:
    """Return the delimiter if the first line would be left out although it has at least half of the fields."""
    delimiter = sniffed["delim"]
    if (
        not sniffed["skip"]
        or not delimiter
        or 2 * text.partition("\n")[0].count(delimiter) < len(sniffed["columns"]) - 1
    ):
        return None
    return str(delimiter)


def _text(found: Detected) -> str:
    return found.head.decode("utf-8", "replace").lstrip("\ufeff")


def _ragged(text: str, delimiter: str) -> str:
    lines = text.splitlines()
    expected = lines[0].count(delimiter)
    for number, line in enumerate(lines, start=1):
        if line and line.count(delimiter) != expected:
            fields = line.count(delimiter) + 1
            return f"Line {number} has {fields} fields instead of {expected + 1}: missing fields are empty."
    return "Lines have different numbers of fields: missing fields are empty."


def _character(sniffed: str) -> str:
    return "" if sniffed == "(empty)" else sniffed


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
