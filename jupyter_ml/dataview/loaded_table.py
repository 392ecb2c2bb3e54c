# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Tables of MLTable files in the process of user code."""

from __future__ import annotations

import tempfile
import warnings
import weakref
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.mltable_files import find_table
from jupyter_ml.dataview.mltables import open_mltable
from jupyter_ml.dataview.tables import Table, connect_freely
from jupyter_ml.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ml.dataview.mltable_files import Elsewhere

__all__ = ["LoadedTable", "load"]


def load(location: str, filesystem: Any, reach: Callable[[list[str]], Mapping[str, Elsewhere]]) -> LoadedTable:
    """Return the table of an MLTable file, as `jupyter_ml.services.mltables.load_mltable` does."""
    found = find_table(location, filesystem, Path("/"), reach)
    if found is None:
        raise NotFoundError(f"{location} has no file MLTable")
    folder = tempfile.mkdtemp(prefix="jupyter-ml-mltable-")
    try:
        table = open_mltable(found, Path(folder), connect_freely)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    if isinstance(table, Table):
        return LoadedTable(table, folder)
    rmtree(folder, ignore_errors=True)
    raise InvalidInputError(f"{location} is not a table, but a list of files: no transformation reads them")


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
        while True:
            try:
                return self.to_duckdb().df()
            except duckdb.ConversionException as error:
                before = self._table.as_text
                self._table = self._table.reading_as_text(error)
                names = ", ".join(sorted(self._table.as_text - before))
                warnings.warn(f"{self._table.name}: {names}: read as text: not all values have one type", stacklevel=2)
            except duckdb.InvalidInputException as error:
                raise InvalidInputError(str(error).removeprefix("Invalid Input Error: ")) from None
