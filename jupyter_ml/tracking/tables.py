# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read and write MLflow's tables by the database's own driver, without importing MLflow."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import UnavailableError
from jupyter_ml.tracking.connections import connect
from jupyter_ml.tracking.uris import sqlite_file

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Tables", "writing"]

_ROWS = 1_000
"""Rows of one part."""


class Tables:
    """MLflow's tables; one thread at a time may use them.

    Parameters
    ----------
    uri
        As `jupyter_ml.tracking.uris.store_uri` returns it.
    read_only
        Whether an SQLite file is only read; `writing` writes.

    Raises
    ------
    UnavailableError
        When the database does not answer.
    """

    def __init__(self, uri: str, *, read_only: bool = True) -> None:
        self.sqlite = sqlite_file(uri) is not None
        self.connection = connect(uri, read_only=read_only)

    def ask(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query, in which ``:name`` is a value; UnavailableError when it fails."""
        return [row for part in self.parts(query, **values) for row in part]

    def parts(self, query: str, **values: Any) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows of a query, which may be too many for the memory, in parts; see `ask`."""
        try:
            cursor = self._execute(query, values)
            while rows := cursor.fetchmany(_ROWS):
                yield rows
        except self.connection.Error as error:  # e.g. no MLflow has created its tables yet
            raise UnavailableError(f"the tracking store cannot be read: {error}") from error

    def change(self, statement: str, **values: Any) -> int:
        """Execute a statement within `writing`, and return how many rows it has changed."""
        return int(self._execute(statement, values).rowcount)

    def has(self, table: str) -> bool:
        """Return whether a table exists."""
        if self.sqlite:
            return bool(self.ask("SELECT 1 FROM sqlite_master WHERE name = :name", name=table))
        return self.ask("SELECT to_regclass(:name)", name=table) != [(None,)]

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _execute(self, query: str, values: dict[str, Any]) -> Any:
        return self.connection.execute(query if self.sqlite else re.sub(r":(\w+)", r"%(\1)s", query), values)


@contextmanager
def writing(uri: str, lock: int) -> Iterator[Tables]:
    """Yield tables whose changes are committed when the block ends without an error.

    Parameters
    ----------
    uri
        As `jupyter_ml.tracking.uris.store_uri` returns it; the tables exist.
    lock
        Number for which there is one writer at a time on PostgreSQL too, except for MLflow's own.

    Raises
    ------
    UnavailableError
        When the database does not answer, or is locked for too long.
    """
    with closing(Tables(uri, read_only=False)) as tables:
        begin = _sqlite_transaction if tables.sqlite else _postgresql_transaction
        with begin(tables, lock):
            yield tables


@contextmanager
def _sqlite_transaction(tables: Tables, _lock: int) -> Iterator[None]:
    import sqlite3

    try:
        with tables.connection:
            tables.connection.execute("BEGIN IMMEDIATE")
            yield
    except sqlite3.OperationalError as error:
        raise UnavailableError(f"the tracking store: {error}") from error


@contextmanager
def _postgresql_transaction(tables: Tables, lock: int) -> Iterator[None]:
    import psycopg

    try:
        with tables.connection.transaction():
            tables.connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
            yield
    except psycopg.OperationalError as error:
        raise UnavailableError(f"the tracking store: {error}") from error
