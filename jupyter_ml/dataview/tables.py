# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A data file, or several with the same columns, as a table of DuckDB."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.detection import HEAD_BYTES
from jupyter_ml.dataview.sql import arguments, literal, without_sql
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataFormat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_ml.dataview.detection import Detected
    from jupyter_ml.dataview.files import DataFile
    from jupyter_ml.schemas.data_view import DataColumn

__all__ = ["ARROW", "MEMORY", "SAMPLE_ROWS", "Table", "connect", "connect_freely"]

MEMORY = "512MB"
REMOTE_BUFFER_BYTES = 4 * HEAD_BYTES
"""How much of a csv file on another machine is read at once; at least four lines."""
SAMPLE_ROWS = 20_480
"""Number of rows from which the types are inferred."""
ARROW = "arrow_file"
"""Name of the view of an Arrow file."""
UNITED_FILES = 1_000
"""Number of parquet files up to which all are asked for their columns."""

_CONVERSION = re.compile(r'Error when converting column "(.*?)"\. Could not convert', re.DOTALL)


@dataclass(frozen=True)
class Table:
    """Files that DuckDB reads.

    Attributes
    ----------
    connection
        It can read these files only.
    detected
        What the first file is.
    name
        Of the file or directory, as users know it.
    files
        The files to read: those themselves, or a copy in UTF-8.
    columns
        Names and types, as the first rows have them.
    dialect
        Of a csv file: arguments of ``read_csv``.
    header
        Whether the first line of a csv file has the names.
    partitioned
        Whether names of directories are values of columns: ``year=2026``.
    as_text
        Columns in which values of another type were found later: they are read as text.
    notes
        What a reader should know.
    """

    connection: duckdb.DuckDBPyConnection
    detected: Detected
    name: str
    files: tuple[DataFile, ...]
    columns: tuple[DataColumn, ...] = ()
    dialect: dict[str, Any] = field(default_factory=dict)
    header: bool = False
    partitioned: bool = False
    as_text: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def file(self) -> DataFile:
        """The first file."""
        return self.files[0]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def format(self) -> DataFormat:
        """How the files are read, for clients."""
        found = self.detected
        return DataFormat(
            format=found.format,
            compression=found.compression,
            encoding=found.encoding,
            delimiter=self.dialect.get("delim"),
            bytes=self.size,
            files=len(self.files),
            notes=list(self.notes),
        )

    @property
    def is_plain(self) -> bool:
        """Whether each row of the files is a row of the table, in this order."""
        return True

    @property
    def source(self) -> str:
        """The SQL after FROM."""
        return self.reader([file.url for file in self.files], header=self.header)

    def reader(self, urls: Iterable[str], *, header: bool, more: dict[str, Any] | None = None) -> str:
        """Return the SQL after FROM for files with the same columns; `more` are further arguments."""
        if self.detected.format == "arrow":
            return ARROW
        files = literal(list(urls))
        # by default, DuckDB takes the name of any directory for a column, also above a single file
        options: dict[str, Any] = {"hive_partitioning": self.partitioned, **(more or {})}
        if self.partitioned:
            options["hive_types_autocast"] = False
        if self.detected.format == "parquet":
            united = {"union_by_name": True} if 1 < len(self.files) <= UNITED_FILES else {}
            return f"read_parquet({files}{_more(united | options)})"
        types = {column.name: "VARCHAR" if column.name in self.as_text else column.type for column in self.read_columns}
        options["columns"] = types
        if self.detected.format == "json_lines":
            return f"read_json({files}{_more(options | {'maximum_object_size': HEAD_BYTES * 8})})"
        options = {**self.dialect, "header": header, "auto_detect": False} | self.buffers | options
        return f"read_csv({files}{_more(options)})"

    @property
    def buffers(self) -> dict[str, int]:
        """Arguments of ``read_csv``: DuckDB reads 32 MB at once, which is too much to download for some rows."""
        remote = {} if self.file.filesystem is None else {"buffer_size": REMOTE_BUFFER_BYTES}
        return {"max_line_size": HEAD_BYTES, **remote}

    @property
    def read_columns(self) -> tuple[DataColumn, ...]:
        """The columns that are in the files, and not names of directories."""
        names = self.partitions
        return tuple(column for column in self.columns if column.name not in names)

    @property
    def partitions(self) -> frozenset[str]:
        """Names of the columns whose values are in the names of directories."""
        if not self.partitioned:
            return frozenset()
        return frozenset(part.partition("=")[0] for part in self.file.name.split("/")[:-1] if "=" in part)

    def query(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query; InvalidInputError with DuckDB's reason if the file cannot be read."""
        try:
            return self.connection.execute(sql, parameters or []).fetchall()
        except (duckdb.ConversionException, duckdb.InterruptException):
            raise
        except duckdb.Error as error:
            raise InvalidInputError(f"{self.name} cannot be read: {without_sql(error)}") from None

    def with_cursor(self) -> Table:
        """Return the table with a connection of its own, for another thread."""
        return replace(self, connection=self.connection.cursor())

    def reading_as_text(self, error: Exception) -> Table:
        """Return the table with the column that an error names as text; with all of them where it names none."""
        match = _CONVERSION.search(str(error))
        names = {column.name for column in self.read_columns}
        found = {match[1]} if match and match[1] in names - self.as_text else names
        if found <= self.as_text:
            raise InvalidInputError(f"{self.name} cannot be read: {without_sql(error)}")
        return replace(self, as_text=self.as_text | found)


def connect(files: Iterable[DataFile], temporary: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads these files and the temporary directory, and nothing else."""
    files = list(files)
    filesystem = _filesystem(files)
    # a file of fsspec is not safe for use by several threads
    threads = 2 if filesystem is None else 1
    connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": threads, "temp_directory": str(temporary)})
    if filesystem is not None:
        connection.register_filesystem(filesystem)
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute(f"SET allowed_paths = {literal([file.url for file in files])}")
    connection.execute(f"SET allowed_directories = {literal([f'{temporary}/'])}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _filesystem(files: Iterable[DataFile]) -> Any:
    """Return the file system of the files that are not on this machine: all such have the same one."""
    return next((file.filesystem for file in files if file.filesystem is not None), None)


def connect_freely(files: Iterable[DataFile], temporary: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection without limits, for the code of a user, who reads what they like."""
    filesystem = _filesystem(files)
    connection = duckdb.connect(config={"temp_directory": str(temporary)})
    if filesystem is not None:
        connection.execute("SET threads = 1")
        connection.register_filesystem(filesystem)
    return connection


def _more(options: dict[str, Any]) -> str:
    return f", {arguments(options)}" if options else ""
