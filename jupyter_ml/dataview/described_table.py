# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Tables that an MLTable file describes, each as one query."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.composed_query import ComposedQuery, QueryColumn
from jupyter_ml.dataview.mltable_steps import transformed
from jupyter_ml.dataview.sql import arguments, identifier, literal
from jupyter_ml.dataview.tables import Table
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataColumn
from jupyter_ml.schemas.mltable_readers import ReadDelimited, ReadJsonLines

if TYPE_CHECKING:
    from jupyter_ml.schemas.mltable import MLTable

__all__ = ["DescribedTable"]


@dataclass(frozen=True)
class DescribedTable(Table):
    """A table of an MLTable file.

    Attributes
    ----------
    definition
        What the file describes.
    base
        The columns that are in the files.
    """

    definition: MLTable = field(kw_only=True)
    base: tuple[DataColumn, ...] = field(default=(), kw_only=True)

    @property
    def is_plain(self) -> bool:
        """Whether each row of the files is a row of the table: they are read by the query only."""
        return False

    @property
    def read_columns(self) -> tuple[DataColumn, ...]:
        """The columns that are in the files."""
        return self.base

    @property
    def source(self) -> str:
        """The SQL after FROM."""
        return self.composed().final

    @property
    def drops_lines(self) -> bool:
        """Whether lines that are not JSON are left out."""
        reader = self.definition.reader
        return isinstance(reader, ReadJsonLines) and reader.invalid_lines == "drop"

    def described(self) -> tuple[DataColumn, ...]:
        """Return the names and types of the columns after all transformations."""
        return tuple(DataColumn(name=name, type=column.type) for name, column in self.composed().columns.items())

    def composed(self) -> ComposedQuery:
        """Return the query; InvalidInputError with the line and the key of a transformation that is not possible."""
        query = self._base_query()
        for index, step in enumerate(self.definition.transformations):
            place = self.definition.place_of(index)
            try:
                query = transformed(query, step, place)
            except ValueError as error:
                raise InvalidInputError(f"{place}: {error}") from None
        return query

    def _base_query(self) -> ComposedQuery:
        """Return the query for the rows of the files, with a column for the path of each."""
        reader = self.definition.reader
        path = "path of file"
        while any(column.name.lower().startswith(path) for column in self.base):
            path = f"_{path}"
        columns = {each.name: QueryColumn(each.type, each.name in self.as_text) for each in self.base}
        values: dict[str, str] = {}
        if isinstance(reader, ReadDelimited) and reader.empty_as_string:
            values = {name: f"coalesce({identifier(name)}, '')" for name, each in columns.items() if _is_text(each)}
        shown = reader.path_name if reader is not None else None
        if shown is not None:
            if shown in columns:
                raise self.definition.error(f"the files have a column {shown!r} already: give path_column", "paths")
            columns[shown] = QueryColumn("VARCHAR")
            values[shown] = identifier(path)
        files = self._files(path)
        prefixes = {file.url.removesuffix(file.name) for file in self.files}
        prefix = literal(f"^(?:{'|'.join(map(re.escape, sorted(prefixes)))})")
        replaced = f"regexp_replace({identifier(path)}, {prefix}, '') AS {identifier(path)}"
        sql = f"(SELECT * REPLACE ({replaced}) FROM {files})"
        return ComposedQuery(sql, {}, path).select(values, columns)

    def _files(self, path: str) -> str:
        """Return the SQL after FROM for the files, with their URLs in the column `path`."""
        reader, urls = self.definition.reader, [file.url for file in self.files]
        more: dict[str, Any] = {"filename": path}
        if self.drops_lines:
            return self._valid_lines(urls, path)
        if isinstance(reader, ReadDelimited) and len(urls) > 1:
            if reader.header == "from_first_file":
                first = self.reader(urls[:1], header=True, more=more)
                rest = self.reader(urls[1:], header=False, more=more)
                return f"(FROM {first} UNION ALL FROM {rest})"
            if reader.header == "all_files_different_headers":
                return self.by_name(urls, more)
        return self.reader(urls, header=self.header, more=more)

    def _valid_lines(self, urls: list[str], path: str) -> str:
        """Return the SQL after FROM for lines that are JSON: of others, read_json makes rows without values."""
        options = arguments({"ignore_errors": True, "format": "newline_delimited", "filename": path})
        lines = f"read_json_objects({literal(urls)}, {options})"
        values = [f"{self._json_value(each)} AS {identifier(each.name)}" for each in self.base]
        return f"(SELECT {', '.join([*values, identifier(path)])} FROM {lines} WHERE json IS NOT NULL)"

    def _json_value(self, column: DataColumn) -> str:
        pointer = literal("/" + column.name.replace("~", "~0").replace("/", "~1"))
        if column.type == "VARCHAR" or column.name in self.as_text:
            return f"json_extract_string(json, {pointer})"
        return f"CAST(json_extract(json, {pointer}) AS {column.type})"

    def by_name(self, urls: list[str], more: dict[str, Any]) -> str:
        """Return the SQL after FROM for csv files with different columns, which are united by their names."""
        types = {each.name: "VARCHAR" if each.name in self.as_text else each.type for each in self.base}
        options = {name: value for name, value in self.dialect.items() if name in ("delim", "quote", "escape")}
        options |= {"header": True, "union_by_name": True, "hive_partitioning": False, **self.buffers}
        if types:
            options["types"] = types
        return f"read_csv({literal(urls)}, {arguments(options | more)})"


def _is_text(column: QueryColumn) -> bool:
    return column.type == "VARCHAR" or column.is_loose
