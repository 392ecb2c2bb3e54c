# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open a data file as a table of DuckDB: the columns and types of its first rows, and the SQL that reads it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.detection import HEAD_BYTES
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataColumn, DataFormat

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.detection import Detected

__all__ = ["MEMORY", "SAMPLE_ROWS", "Table", "connect", "identifier", "literal", "open_table"]

MEMORY = "512MB"
SAMPLE_ROWS = 20_480
"""Number of rows from which the types are inferred."""
MAX_TRANSCODED_BYTES = 1024**3

_DELIMITERS = ",;\t|"
_CONVERSION = re.compile(r'Error when converting column "(.*?)"\. Could not convert', re.DOTALL)


@dataclass(frozen=True)
class Table:
    """A file that DuckDB reads.

    Attributes
    ----------
    connection
        It can read this file only.
    detected
        What the file is.
    file
        The file to read: that itself, or a copy in UTF-8.
    columns
        Names and types, as the first rows have them.
    dialect
        Of a csv file: arguments of ``read_csv``.
    header
        Whether the first line of a csv file has the names.
    as_text
        Columns in which values of another type were found later: they are read as text.
    notes
        What a reader should know.
    """

    connection: duckdb.DuckDBPyConnection
    detected: Detected
    file: Path
    columns: tuple[DataColumn, ...]
    dialect: dict[str, Any] = field(default_factory=dict)
    header: bool = False
    as_text: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def format(self) -> DataFormat:
        """How the file is read, for clients."""
        found = self.detected
        return DataFormat(
            format=found.format,
            compression=found.compression,
            encoding=found.encoding,
            delimiter=self.dialect.get("delim"),
            bytes=found.size,
            notes=list(self.notes),
        )

    @property
    def source(self) -> str:
        """The SQL after FROM."""
        return self.reader(self.file, header=self.header)

    def reader(self, file: Path, *, header: bool) -> str:
        """Return the SQL after FROM for a file with the same columns."""
        if self.detected.format == "parquet":
            return f"read_parquet({literal(str(file))})"
        types = {column.name: "VARCHAR" if column.name in self.as_text else column.type for column in self.columns}
        if self.detected.format == "json_lines":
            return f"read_json({literal(str(file))}, columns={literal(types)}, maximum_object_size={HEAD_BYTES * 8})"
        arguments = {**self.dialect, "header": header, "columns": types, "auto_detect": False}
        return f"read_csv({literal(str(file))}, {_arguments(arguments)}, max_line_size={HEAD_BYTES})"

    def query(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query; InvalidInputError with DuckDB's reason if the file cannot be read."""
        try:
            return self.connection.execute(sql, parameters or []).fetchall()
        except duckdb.ConversionException:
            raise
        except duckdb.Error as error:
            raise InvalidInputError(f"{self.detected.path} cannot be read: {_reason(error)}") from None

    def reading_as_text(self, error: duckdb.ConversionException) -> Table:
        """Return the table with the column that an error names as text; with all of them where it names none."""
        match = _CONVERSION.search(str(error))
        names = {column.name for column in self.columns}
        found = {match[1]} if match and match[1] in names - self.as_text else names
        return replace(self, as_text=self.as_text | found)


def connect(file: Path, temporary: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads this file and the temporary directory, and nothing else."""
    connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": 2, "temp_directory": str(temporary)})
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute(f"SET allowed_paths = {literal([str(file)])}")
    connection.execute(f"SET allowed_directories = {literal([f'{temporary}/'])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def open_table(detected: Detected, temporary: Path) -> Table:
    """Open a file.

    Parameters
    ----------
    detected
        What it is.
    temporary
        Directory for what does not fit into memory, and for a copy in UTF-8.

    Raises
    ------
    InvalidInputError
        If it cannot be read, with DuckDB's reason, which names the line or the byte.
    """
    file, notes = detected.path, []
    if detected.encoding == "cp1252":
        file = _transcoded(detected, temporary)
        notes.append("The text is not UTF-8: it is read as cp1252.")
    table = Table(connect(file, temporary), detected, file, (), notes=tuple(notes))
    if detected.format == "csv":
        return _open_csv(table)
    function = "read_parquet" if detected.format == "parquet" else "read_json"
    described = table.query(f"DESCRIBE FROM {function}({literal(str(file))})")
    return replace(table, columns=tuple(DataColumn(name=row[0], type=row[1]) for row in described))


def _open_csv(table: Table) -> Table:
    found = table.detected
    encoding = {} if found.encoding != "utf-16" else {"encoding": "utf-16"}
    sniffed = _sniff(table, encoding)
    delimiter = _hidden_delimiter(sniffed)
    if delimiter is not None:  # ragged: no delimiter gives all lines the same number of fields
        tolerant = {**encoding, "delim": delimiter, "strict_mode": False, "null_padding": True}
        sniffed = {**_sniff(table, tolerant), **tolerant}
        note = _ragged(found.head.decode(found.encoding or "utf-8", "replace"), delimiter)
        table = replace(table, notes=(*table.notes, note))
    columns = sniffed.pop("columns")
    header = sniffed.pop("header")
    if not sniffed["quote"] and b'"' not in found.head:  # one may come later
        sniffed |= {"quote": '"', "escape": '"'}
    if delimiter is not None:
        columns, header, sniffed = _named_by_first_line(table, columns, header, sniffed)
    return replace(table, columns=columns, dialect={**sniffed, **encoding}, header=header)


def _sniff(table: Table, arguments: dict[str, Any]) -> dict[str, Any]:
    more = f", {_arguments(arguments)}" if arguments else ""
    size = f", sample_size={SAMPLE_ROWS}, max_line_size={HEAD_BYTES}"
    row = table.query(f"FROM sniff_csv({literal(str(table.file))}{size}{more})")[0]
    delimiter, quote, escape, new_line, comment, skip, header, columns, date, timestamp, *_ = row
    given = {
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
        **given,
        "header": header,
        "columns": tuple(DataColumn(name=each["name"], type=each["type"]) for each in columns),
    }


def _named_by_first_line(
    table: Table, columns: tuple[DataColumn, ...], header: bool, sniffed: dict[str, Any]
) -> tuple[tuple[DataColumn, ...], bool, dict[str, Any]]:
    """Take the first line of a ragged file as its head, if it is one: no field of it is a number or empty."""
    if header:
        return columns, header, sniffed
    found = table.detected
    first = found.head.decode(found.encoding or "utf-8", "replace").lstrip("\ufeff").splitlines()[0]
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


def _ragged(text: str, delimiter: str) -> str:
    lines = text.splitlines()
    expected = lines[0].count(delimiter)
    for number, line in enumerate(lines, start=1):
        if line and line.count(delimiter) != expected:
            fields = line.count(delimiter) + 1
            return f"Line {number} has {fields} fields instead of {expected + 1}: missing fields are empty."
    return "Lines have different numbers of fields: missing fields are empty."


def _transcoded(detected: Detected, temporary: Path) -> Path:
    if detected.size > MAX_TRANSCODED_BYTES:
        raise InvalidInputError(
            f"{detected.path} is not UTF-8, and too large to be converted for a look "
            f"({detected.size:,} bytes; {MAX_TRANSCODED_BYTES:,} are allowed): iconv -f cp1252 -t utf-8"
        )
    if detected.compression is not None:
        raise InvalidInputError(f"{detected.path} is compressed and not UTF-8: unpack it, iconv -f cp1252 -t utf-8")
    target = temporary / "utf-8"
    with (
        detected.path.open(encoding="cp1252", errors="replace", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        while text := source.read(HEAD_BYTES):
            copy.write(text)
    return target


def identifier(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """Return a value as SQL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(literal, value)) + "]" if isinstance(value, list) else str(value)


def _arguments(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={literal(value)}" for name, value in values.items())


def _character(sniffed: str) -> str:
    return "" if sniffed == "(empty)" else sniffed


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _reason(error: Exception) -> str:
    """Return DuckDB's message without its advice and without the SQL."""
    text = str(error).split("\n\nLINE ", 1)[0].split("\nPossible ", 1)[0]
    return " ".join(text.split())[:500]
