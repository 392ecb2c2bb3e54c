# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open what a request names: a file as a table or as text, a directory as one table or as the list of its files."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.arrow import ArrowFile
from jupyter_ml.dataview.copies import local_copies, utf8_copy
from jupyter_ml.dataview.csv_files import open_csv
from jupyter_ml.dataview.detection import HEAD_BYTES, compression_and_format, detect
from jupyter_ml.dataview.images import IMAGES
from jupyter_ml.dataview.listings import Listing
from jupyter_ml.dataview.sql import arguments, literal, without_sql
from jupyter_ml.dataview.tables import ARROW, Table, connect
from jupyter_ml.dataview.texts import Text
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from jupyter_ml.dataview.detection import Detected
    from jupyter_ml.dataview.files import DataFile, Files

    Connect = Callable[[Iterable[DataFile], Path], duckdb.DuckDBPyConnection]

__all__ = ["kind_of", "open_files", "open_table", "require_same_start"]

MAX_TEXT_FILES = 1_000
"""Maximum number of csv files in a directory that are one table: the first line of each is read."""


def open_files(found: Files, temporary: Path, connect_to: Connect = connect) -> Table | Text | Listing:
    """Open a file or directory.

    Parameters
    ----------
    found
        The files.
    temporary
        Directory for what does not fit into memory, and for copies.
    connect_to
        Returns a connection that reads the files.

    Raises
    ------
    InvalidInputError
        If it cannot be read; the message names what it is instead, or has DuckDB's reason with the line or the byte.
    """
    if not found.is_directory:
        return _open_file(found.files[0], temporary, connect_to)
    if not found.files:
        raise InvalidInputError(f"{found.name} is an empty directory")
    kinds = Counter(kind_of(file.name) for file in found.files)
    if len(kinds) > 1 or None in kinds:
        return Listing(found.name, found.files, "files")
    if "images" in kinds:
        return Listing(found.name, found.files, "images")
    return _open_folder(found, temporary, connect_to)


def kind_of(name: str) -> Any:
    """Return what a file of a directory seems to be: files of different kinds are not one table."""
    if PurePosixPath(name).suffix.lower() in IMAGES:
        return "images"
    compression, known = compression_and_format(name)
    return None if known in (None, "text", "arrow") else (compression, known)


def _open_file(file: DataFile, temporary: Path, connect_to: Connect) -> Table | Text:
    (file,), notes = local_copies((file,), temporary)
    detected = detect(file)
    if detected.encoding not in (None, "utf-8"):
        file = utf8_copy(detected, temporary)
        notes += (f"The text is not UTF-8: it is read as {detected.encoding}.",)
    if detected.format == "text":
        return Text(detected, file, notes)
    table = Table(connect_to([file], temporary), detected, detected.name, (file,), notes=notes)
    try:
        opened = open_table(table)
    except InvalidInputError:
        if detected.is_certain:
            raise
        return Text(replace(detected, format="text"), file, notes)
    if detected.format == "csv" and not detected.is_certain and len(opened.columns) == 1:
        opened.connection.close()
        return Text(replace(detected, format="text"), file, notes)
    return opened


def open_table(table: Table, options: dict[str, Any] | None = None) -> Table:
    """Return a table with the names and types of its columns, as the first rows have them.

    `options` are further arguments for the description of JSON lines.
    """
    if table.detected.format == "csv":
        return open_csv(table)
    if table.detected.format == "arrow":
        _register(table)
    source = table.reader([file.url for file in table.files], header=table.header)
    if table.detected.format == "json_lines":
        files = literal([file.url for file in table.files])
        source = f"read_json({files}, {arguments({'hive_partitioning': False, **(options or {})})})"
    described = table.query(f"DESCRIBE FROM {source}")
    return replace(table, columns=tuple(DataColumn(name=row[0], type=row[1]) for row in described))


def _register(table: Table) -> None:
    try:
        table.connection.register(ARROW, ArrowFile(table.file))
    except duckdb.Error as error:
        raise InvalidInputError(f"{table.name} cannot be read: {without_sql(error)}") from None


def _open_folder(found: Files, temporary: Path, connect_to: Connect) -> Table:
    """Open all files of a directory as one table."""
    files = tuple(file for file in found.files if file.size)
    if not files:
        raise InvalidInputError(f"{found.name}: all files are empty")
    files, copied = local_copies(files, temporary)
    first = detect(files[0])
    names = [part.partition("=")[0] for part in files[0].name.split("/")[:-1] if "=" in part]
    if first.format != "parquet":
        require_same_start(found.name, files, first)
    opened = open_table(Table(connect_to(files, temporary), first, found.name, files))
    notes = (*copied, *opened.notes, *([] if len(files) == len(found.files) else ["Empty files are left out."]))
    known = {column.name for column in opened.columns}
    if not names or known & {*names}:
        return replace(opened, notes=notes)
    partitions = tuple(DataColumn(name=name, type="VARCHAR") for name in names)
    return replace(opened, notes=notes, partitioned=True, columns=(*opened.columns, *partitions))


def require_same_start(name: str, files: tuple[DataFile, ...], first: Detected) -> None:
    """Raise InvalidInputError if text files of a directory are not alike: they would be read with wrong columns."""
    if len(files) > MAX_TEXT_FILES:
        raise InvalidInputError(
            f"{name} has {len(files):,} text files, and {MAX_TEXT_FILES:,} can be one table: name a directory in it, "
            "or write parquet"
        )
    if first.encoding != "utf-8":
        raise InvalidInputError(f"{first.name} is not UTF-8: files of a directory are not converted")
    if first.format != "csv":
        return
    expected = first.head.split(b"\n", 1)[0].rstrip(b"\r")
    is_header = not any(part.strip().lstrip(b"-").replace(b".", b"").isdigit() for part in expected.split(b","))
    for file in files[1:]:
        if first.compression is None:
            with file.open() as opened:
                start = opened.read(HEAD_BYTES)
        else:
            start = detect(file).head
        line = start.split(b"\n", 1)[0].rstrip(b"\r")
        if is_header and line.removeprefix(b"\xef\xbb\xbf") != expected.removeprefix(b"\xef\xbb\xbf"):
            raise InvalidInputError(
                f"{file.name} has other columns than {files[0].name}, so {name} is not one table: name one of its files"
            )
