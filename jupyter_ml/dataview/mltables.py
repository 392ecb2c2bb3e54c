# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open the table that an MLTable file describes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.copies import MAX_CONVERTED_BYTES, copy_path, local_copies, utf8_copy
from jupyter_ml.dataview.csv_files import open_csv
from jupyter_ml.dataview.described_table import DescribedTable
from jupyter_ml.dataview.detection import Detected, compression_and_format, detect
from jupyter_ml.dataview.files import local_file
from jupyter_ml.dataview.listings import Listing
from jupyter_ml.dataview.opening import kind_of, open_table, require_same_start
from jupyter_ml.dataview.tables import Table, connect
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataColumn
from jupyter_ml.schemas.mltable_readers import ReadDelimited, ReadJsonLines, ReadParquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb

    from jupyter_ml.dataview.detection import TableFormat
    from jupyter_ml.dataview.files import DataFile, Files
    from jupyter_ml.schemas.mltable import MLTable

    Connect = Callable[[Iterable[DataFile], Path], duckdb.DuckDBPyConnection]

__all__ = ["open_mltable"]

_TYPES = {"int": "BIGINT", "float": "DOUBLE", "string": "VARCHAR", "boolean": "BOOLEAN", "datetime": "TIMESTAMP"}
_CODECS = {"iso88591": "latin-1", "latin1": "latin-1", "utf16": "utf-16", "utf32": "utf-32", "windows1252": "cp1252"}
"""Encodings that are not UTF-8."""


def open_mltable(found: Files, temporary: Path, connect_to: Connect = connect) -> Table | Listing:
    """Open a table; without a reader that fits the files, its rows are the files, as in Azure ML.

    Parameters
    ----------
    found
        The files, with what the MLTable file describes.
    temporary
        Directory for what does not fit into memory, and for copies.
    connect_to
        Returns a connection that reads the files.

    Raises
    ------
    InvalidInputError
        If it cannot be read; the message has the line and the key, or DuckDB's reason.
    """
    table = found.table
    assert table is not None
    expected = _expected_format(table, found.files)
    if expected is None:
        return _listing(table, found)
    files = tuple(file for file in found.files if file.size)
    if not files:
        raise InvalidInputError(f"{found.name}: all files are empty")
    notes = [] if len(files) == len(found.files) else ["Empty files are left out."]
    files, copied = local_copies(files, temporary)
    files, converted = _in_utf8(table, files, temporary)
    first = replace(detect(files[0]), format=expected)
    _require_format(table, first, expected)
    if expected != "parquet" and not _may_differ(table):
        require_same_start(found.name, files, first)
    opened = DescribedTable(
        connect_to(files, temporary), first, found.name, files, notes=(*notes, *copied, *converted), definition=table
    )
    try:
        return _with_columns(opened)
    except Exception:
        opened.connection.close()
        raise


def _expected_format(table: MLTable, files: tuple[DataFile, ...]) -> TableFormat | None:
    """Return the format of the files, by the reader, else by their names; None if they are no tables."""
    readers: dict[type, TableFormat] = {ReadDelimited: "csv", ReadParquet: "parquet", ReadJsonLines: "json_lines"}
    if table.reader is not None:
        return readers[type(table.reader)]
    kinds = {kind_of(file.name) for file in files}
    formats = {compression_and_format(file.name)[1] for file in files}
    return formats.pop() if len(kinds) == 1 and kinds.isdisjoint({None, "images"}) else None


def _listing(table: MLTable, found: Files) -> Listing:
    """Return the list of the files, of which some are taken."""
    files = found.files
    for index, step in enumerate(table.transformations):
        if step.name not in ("take", "skip"):
            raise InvalidInputError(
                f"{table.place_of(index)}: needs columns, and no transformation reads the files: begin with "
                "read_delimited, read_parquet or read_json_lines"
            )
        files = files[: step.value] if step.name == "take" else files[step.value :]
    are_images = bool(files) and {kind_of(file.name) for file in files} == {"images"}
    return Listing(found.name, files, "images" if are_images else "files")


def _in_utf8(
    table: MLTable, files: tuple[DataFile, ...], temporary: Path
) -> tuple[tuple[DataFile, ...], tuple[str, ...]]:
    """Return the files, or copies of them if they are not UTF-8."""
    if isinstance(table.reader, ReadParquet):
        return files, ()
    declared = getattr(table.reader, "encoding", "utf8")
    codec = _CODECS.get(declared)
    notes: tuple[str, ...] = ()
    if codec is None:
        actual = detect(files[0]).encoding
        if actual in (None, "utf-8"):
            return files, ()
        codec, notes = actual, (f"The text is not UTF-8: it is read as {actual}.",)
    size = sum(file.size for file in files)
    if size > MAX_CONVERTED_BYTES:
        raise InvalidInputError(
            f"the files are {declared}, and too large to be converted for a preview ({size:,} bytes; "
            f"{MAX_CONVERTED_BYTES:,} are allowed): iconv -f {codec} -t utf-8"
        )
    copies = []
    for number, file in enumerate(files):
        folder = temporary / f"copy-{number}"
        folder.mkdir()
        compression, _ = compression_and_format(file.name)
        copy = Path(utf8_copy(Detected(file, "csv", compression, codec), folder).url)
        copies.append(local_file(copy.rename(copy_path(file, folder)), file.name))
    return tuple(copies), notes


def _require_format(table: MLTable, first: Detected, expected: TableFormat) -> None:
    is_binary = first.encoding is None
    if is_binary != (expected == "parquet"):
        actual = "a binary file, as parquet or Arrow" if is_binary else "text"
        key = "read_parquet" if expected == "parquet" else f"read_{'delimited' if expected == 'csv' else expected}"
        raise InvalidInputError(f"{table.place('transformations')}: {key}: {first.name} is {actual}")


def _may_differ(table: MLTable) -> bool:
    """Return whether the first lines of text files may differ."""
    return isinstance(table.reader, ReadDelimited) and table.reader.header != "all_files_same_headers"


def _with_columns(table: DescribedTable) -> DescribedTable:
    opened = _with_dialect(table) if table.detected.format == "csv" else open_table(table, _ignoring(table))
    assert isinstance(opened, DescribedTable)
    types = _given_types(opened.definition)
    base = tuple(each.model_copy(update={"type": types.get(each.name, each.type)}) for each in opened.columns)
    opened = replace(opened, base=base)
    return replace(opened, columns=opened.described())


def _ignoring(table: DescribedTable) -> dict[str, bool]:
    return {"ignore_errors": True} if table.drops_lines else {}


def _with_dialect(table: DescribedTable) -> Table:
    reader = table.definition.reader
    if not isinstance(reader, ReadDelimited):
        return open_csv(table)
    given: dict[str, Any] = {
        "delim": reader.delimiter.replace("\\t", "\t"),
        "header": reader.header != "no_header",
        **({"sample_size": reader.inference.sample_size} if reader.inference else {"all_varchar": True}),
    }
    opened = open_csv(table, given)
    assert isinstance(opened, DescribedTable)
    if reader.header == "no_header":  # named as in Azure ML
        columns = tuple(DataColumn(name=f"Column{at}", type=each.type) for at, each in enumerate(opened.columns, 1))
        return replace(opened, columns=columns)
    if reader.header == "all_files_different_headers" and len(table.files) > 1:
        described = opened.query(f"DESCRIBE FROM {opened.by_name([file.url for file in opened.files], {})}")
        return replace(opened, columns=tuple(DataColumn(name=row[0], type=row[1]) for row in described))
    return opened


def _given_types(table: MLTable) -> dict[str, str]:
    """Return the types of columns that are not inferred: what is converted is read as it is written."""
    types: dict[str, str] = {}
    if isinstance(table.reader, ReadDelimited) and table.reader.inference is not None:
        types |= {name: _TYPES[kind] for name, kind in table.reader.inference.column_type_overrides.items()}
    if not isinstance(table.reader, ReadParquet):
        converted = [each for step in table.transformations for each in step.convert_column_types or ()]
        types |= {name: "VARCHAR" for each in converted for name in each.columns}
    return types
