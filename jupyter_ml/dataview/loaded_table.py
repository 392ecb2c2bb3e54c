# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Tables of data files and of MLTable files in the process of user code."""

from __future__ import annotations

import tempfile
import warnings
import weakref
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.files import find_files
from jupyter_ml.dataview.mltable_files import find_table
from jupyter_ml.dataview.mltables import open_mltable
from jupyter_ml.dataview.opening import open_files
from jupyter_ml.dataview.tables import Table, connect_freely
from jupyter_ml.dataview.texts import Text
from jupyter_ml.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ml.dataview.mltable_files import Elsewhere

__all__ = ["LoadedTable", "load"]

_CONVERSION, _INVALID = "Conversion Error: ", "Invalid Input Error: "


def load(
    location: str,
    filesystem: Any,
    reach: Callable[[list[str]], Mapping[str, Elsewhere]],
    *,
    is_described: bool,
) -> LoadedTable:
    """Return a table, as `jupyter_ml.load_table` does; only one of an MLTable file if it has to be described."""
    found = find_table(location, filesystem, Path("/"), reach)
    if found is None and is_described:
        raise NotFoundError(f"{location} has no file MLTable")
    folder = tempfile.mkdtemp(prefix="jupyter-ml-table-")
    try:
        if found is None:
            table = open_files(find_files(location, filesystem), Path(folder), connect_freely)
        else:
            table = open_mltable(found, Path(folder), connect_freely)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    if isinstance(table, Table):
        return LoadedTable(table, folder)
    rmtree(folder, ignore_errors=True)
    if found is not None:
        raise InvalidInputError(f"{location} is not a table, but a list of files: no transformation reads them")
    what = "a text" if isinstance(table, Text) else "a list of files"
    raise InvalidInputError(f"{location} is not a table, but {what}: open it with fsspec")


class LoadedTable:
    """A table that is read when it is used: one query of DuckDB."""

    def __init__(self, table: Table, folder: str) -> None:
        self._table = table
        weakref.finalize(self, rmtree, folder, ignore_errors=True)

    def __repr__(self) -> str:
        columns = ", ".join(f"{column.name} {column.type}" for column in self._table.columns)
        return f"<LoadedTable {self._table.name}: {columns}>"

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self._table.columns]

    @property
    def sql(self) -> str:
        """The query, for DuckDB."""
        return f"FROM {self._table.source}"

    def to_duckdb(self) -> Any:
        """Return a ``DuckDBPyRelation``, which DuckDB reads in parts; a value of another type is an error there."""
        return self._table.connection.sql(self.sql)

    def to_pandas(self) -> Any:
        """Return a ``pandas.DataFrame``.

        A column becomes text, with a warning, if it has values of another type than its first rows have.
        """
        return self._read(lambda relation: relation.df())

    def to_polars(self) -> Any:
        """Return a ``polars.DataFrame``, as `to_pandas` does."""
        import polars as pl  # of the user's environment

        return self._read(pl.DataFrame)

    def _read(self, read: Callable[[Any], Any]) -> Any:
        while True:
            try:
                return read(self.to_duckdb())
            except Exception as error:  # DuckDB's, or with its text
                if _CONVERSION in str(error):
                    self._table = self._warned(self._table.reading_as_text(error))
                elif _INVALID in str(error):
                    raise InvalidInputError(str(error).partition(_INVALID)[2]) from None
                else:
                    raise

    def _warned(self, table: Table) -> Table:
        names = ", ".join(sorted(table.as_text - self._table.as_text))
        warnings.warn(f"{table.name}: {names}: read as text: not all values have one type", stacklevel=4)
        return table
