"""One engine for the workspace's database, which behaves the same on SQLite and PostgreSQL: one writer at a time."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, exc, text
from sqlalchemy.engine import make_url

from jupyter_ml.errors import UnavailableError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

__all__ = ["SCHEMA", "WRITER_LOCK", "Database"]

SCHEMA = "jupyter_ml"
"""PostgreSQL schema of our tables; MLflow's may lie in another one of the same database."""

WRITER_LOCK = 0x6A6D6C
"""Number of the PostgreSQL advisory lock that a writer holds."""

_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA mmap_size = 1073741824",
)


class Database:
    """A way to the database.

    Attributes
    ----------
    engine : Engine
        For migrations; everything else uses `read` and `write`.
    file : Path or None
        The SQLite file.
    """

    def __init__(self, address: str) -> None:
        try:
            url = make_url(address)
        except exc.ArgumentError:
            raise WorkspaceError("the database address cannot be read: write postgresql+psycopg://host/name") from None
        if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
            raise WorkspaceError(f"{url.drivername}: only sqlite:// and postgresql+psycopg:// databases are supported")
        self.file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self.label = url.render_as_string(hide_password=True)
        try:
            self.engine: Engine = create_engine(url, hide_parameters=True, pool_pre_ping=self.file is None)
        except ImportError as error:
            raise WorkspaceError(f"{self.label}: install jupyter-ml[postgresql] ({error})") from error
        snapshot = {} if self.file else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = self.engine.execution_options(**snapshot)
        self._writer = self.engine.execution_options(jupyter_ml_write=True)
        event.listen(self.engine, "connect", _set_up_sqlite if self.file else _set_up_postgresql)
        event.listen(self.engine, "checkout", _refuse_after_fork)
        if self.file:
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database."""
        with self._explained(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept when the block ends well; other writers wait.

        As on SQLite there is one writer at a time on PostgreSQL too, so that events become visible in the order of
        their numbers and two claimers cannot meet.
        """
        with self._explained(), self._writer.begin() as connection:
            if self.file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (exc.IntegrityError, exc.ProgrammingError, exc.DataError):
            raise  # not the database's fault
        except (exc.DatabaseError, exc.TimeoutError) as error:
            reason = str(getattr(error, "orig", None) or error).strip()
            raise UnavailableError(f"the database {self.label} does not answer: {reason}") from error


def _set_up_sqlite(connection: Any, record: Any) -> None:
    record.info["pid"] = os.getpid()
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _set_up_postgresql(connection: Any, record: Any) -> None:
    record.info["pid"] = os.getpid()
    connection.execute(f"SET search_path TO {SCHEMA}")
    connection.commit()


def _refuse_after_fork(_connection: Any, record: Any, proxy: Any) -> None:
    if record.info["pid"] != os.getpid():
        record.dbapi_connection = proxy.dbapi_connection = None
        raise exc.DisconnectionError("the connection belongs to the process that forked this one")


def _begin_sqlite(connection: Connection) -> None:
    # a reader that turns into a writer fails at once when somebody else wrote meanwhile: writers say so first
    writes = connection.get_execution_options().get("jupyter_ml_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
