# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connect to the workspace's database, on SQLite and PostgreSQL with one writer at a time."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, exc, inspect, text
from sqlalchemy.engine import URL, make_url

from jupyter_ml.errors import NewerDatabaseError, UnavailableError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from sqlalchemy import Connection, Engine

__all__ = ["SCHEMA", "WRITER_LOCK", "Database", "is_duplicate"]

SCHEMA = "jupyter_ml"
"""PostgreSQL schema of the tables; those of MLflow may be in another schema of the same database."""

WRITER_LOCK = 0x6A6D6C
"""Number of the PostgreSQL advisory lock that a writer holds."""

_TICK_NS = 100_000_000
"""Two changes within this time may give a file the same time."""

_DUPLICATE = ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_ROWID", "23505")
"""Codes of errors of SQLite and PostgreSQL for a key that is taken."""

_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -8192",  # kB for each connection, and there are as many as threads; more makes lists no faster
)


_SETTINGS = (
    "SET plan_cache_mode = force_custom_plan",  # a plan for any text builds the pattern of LIKE for each row
    "SET jit = off",  # it compiles for 100 ms what runs for 20
)


class Database:
    """The database of a workspace.

    Parameters
    ----------
    address
        SQLAlchemy's, or the path of an SQLite file, in which no character is special.

    Attributes
    ----------
    file : Path or None
        The SQLite file.
    label : str
        Name for messages, without a password.
    expected : str or None
        Revision of the tables that this process works with, as soon as they are prepared.
    """

    expected: str | None = None

    def __init__(self, address: str | Path) -> None:
        try:
            url = URL.create("sqlite", database=str(address)) if isinstance(address, Path) else make_url(address)
        except exc.ArgumentError:
            raise WorkspaceError("the database address cannot be read: write postgresql+psycopg://host/name") from None
        if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
            raise WorkspaceError(f"{url.drivername}: only sqlite:// and postgresql+psycopg:// databases are supported")
        if url.database in (None, "", ":memory:"):
            raise WorkspaceError(f"{url.drivername}: the address has no database: add its path or name")
        self.file = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
        self.label = str(self.file) if isinstance(address, Path) else url.render_as_string(hide_password=True)
        try:
            self._engine: Engine = create_engine(url, hide_parameters=True, pool_pre_ping=self.file is None)
        except ImportError as error:
            raise WorkspaceError(f"{self.label}: install jupyter-ml[postgresql] ({error})") from error
        self._reading: dict[str, Any] = {}
        self._writing: dict[str, Any] = {"jupyter_ml_write": True}
        if self.file is None:
            self._reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            self._writing = {"isolation_level": "READ COMMITTED"}
        self._process = os.getpid()
        event.listen(self._engine, "connect", _set_up_sqlite if self.file else _set_up_postgresql)
        if self.file:
            event.listen(self._engine, "begin", _begin_sqlite)

    @property
    def engine(self) -> Engine:
        """The engine, for statements outside of a transaction; all others use `read` and `write`."""
        if self._process != os.getpid():  # connections belong to the process that forked this one
            self._engine.dispose(close=False)
            self._process = os.getpid()
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database."""
        with self._translate_errors(), self.engine.execution_options(**self._reading).begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection whose changes are committed when the block ends without an error; other writers wait.

        As on SQLite, there is one writer at a time on PostgreSQL, so that events become visible in the order of
        their numbers and a job is claimed once.
        """
        with self._translate_errors(), self.engine.execution_options(**self._writing).begin() as connection:
            if self.file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            yield connection

    def version(self) -> Hashable:
        """Return, in microseconds, what differs after each change; None where only the database could tell."""
        if self.file is None:
            return None
        found = []
        for path in (self.file, f"{self.file}-wal"):
            with suppress(OSError):
                status = os.stat(path)  # noqa: PTH116 -- several times as fast
                found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        newest_ns = max((mtime_ns for _, _, mtime_ns in found), default=0)
        return None if time.time_ns() - newest_ns < _TICK_NS else tuple(found)

    def revision(self) -> str | None:
        """Return the revision of the tables; None if there are none."""
        with self.engine.execution_options(**self._reading).begin() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision

    def require_expected(self) -> None:
        """Raise NewerDatabaseError if another process has upgraded the tables since this one prepared them."""
        if self.expected is None or (revision := self.revision()) == self.expected:
            return
        raise NewerDatabaseError(
            f"the workspace was upgraded by {self.upgraded_by(revision)} to schema {revision} while this process was "
            f"running with schema {self.expected}: restart it"
        )

    def upgraded_by(self, revision: str | None) -> str:
        """Return the version of Jupyter ML that upgraded the tables to a revision."""
        query = text("SELECT version FROM schema_versions WHERE revision = :revision")
        with suppress(exc.DBAPIError), self.engine.begin() as connection:
            if version := connection.scalar(query, {"revision": revision}):
                return f"jupyter-ml {version}"
        return "another version of jupyter-ml"

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (exc.IntegrityError, exc.ProgrammingError, exc.DataError):  # not the database's fault
            self._explain_upgrade()
            raise
        except (exc.DatabaseError, exc.TimeoutError) as error:
            if self.file or not isinstance(error, (exc.OperationalError, exc.TimeoutError)):
                self._explain_upgrade()  # on PostgreSQL, these are errors of the connection
            reason = str(getattr(error, "orig", None) or error).strip()
            raise UnavailableError(f"the database {self.label} does not answer: {reason}") from error

    def _explain_upgrade(self) -> None:
        """Raise NewerDatabaseError if the error that is handled may be the consequence of an upgrade."""
        with suppress(exc.SQLAlchemyError):  # then the first error explains more
            self.require_expected()


def is_duplicate(error: exc.IntegrityError) -> bool:
    """Return whether a key is taken, rather than that a value is missing or refers to nothing."""
    codes = (getattr(error.orig, "sqlite_errorname", ""), getattr(error.orig, "sqlstate", ""))
    return any(code in _DUPLICATE for code in codes)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # `_begin_sqlite` sends BEGIN
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    connection.execute(f"SET search_path TO {SCHEMA}")
    for setting in _SETTINGS:
        connection.execute(setting)
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    # a reader that becomes a writer fails at once if another connection has written meanwhile
    writes = connection.get_execution_options().get("jupyter_ml_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    if writes:  # where the tables changed while it waited, DELETE and its triggers find no table (SQLite 3.40)
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1")
