# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create the tables, upgrade older ones and refuse newer ones."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import exc, insert, inspect, text

from jupyter_ml.errors import NewerDatabaseError, UnavailableError, WorkspaceError
from jupyter_ml.schemas.base import now
from jupyter_ml.store.computes import add_local
from jupyter_ml.store.datastores import add_defaults
from jupyter_ml.store.engine import SCHEMA, Database
from jupyter_ml.store.tables import metadata, schema_versions
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from sqlalchemy import Connection

__all__ = ["HEAD", "prepare", "upgrade"]

HEAD = "0011"
"""Revision of the tables of this version; written here so that opening need not import Alembic (0.6 s)."""


def prepare(database: Database) -> bool:
    """Create or upgrade the tables for this version of Jupyter ML, and return whether they were upgraded.

    Raises
    ------
    NewerDatabaseError
        When a newer version wrote it.
    WorkspaceError
        When it cannot be reached, or is not a database of Jupyter ML.
    """
    try:
        if database.file and not database.file.exists():
            _create(database.file)
        before = database.revision()
        if before != HEAD:
            with _exclusive(database.file):
                _catch_up(database)
        database.expected = HEAD
    except (OSError, UnavailableError, exc.DBAPIError) as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise WorkspaceError(f"the database {database.label} cannot be opened: {reason}") from error
    return before not in (None, HEAD)


def _create(file: Path) -> None:
    """Create an SQLite file that has all tables from the moment at which other processes see it.

    Two processes that change an empty file to a write-ahead log do not wait for each other: one fails.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _exclusive(file):
        if file.exists():
            return
        new = Path(f"{file}.new")
        for path in (new, Path(f"{new}-wal"), Path(f"{new}-shm")):  # of a process that was killed
            path.unlink(missing_ok=True)
        _create_private(new)
        database = Database(new)
        try:
            _catch_up(database)
        finally:
            database.close()
        new.rename(file)


def _create_private(file: Path) -> None:
    # Never open an existing database: closing it again would drop the locks of every connection of this process,
    # and another process could then remove the log from under them.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


@contextmanager
def _exclusive(file: Path | None) -> Iterator[None]:
    """Lock out other processes that create or upgrade the same SQLite file.

    On PostgreSQL the writer's lock does that; an SQLite backup cannot run inside a transaction of its own.
    """
    if file is None:
        yield
        return
    descriptor = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _catch_up(database: Database) -> None:
    before = database.revision()
    if before == HEAD:
        return
    if before is not None:
        _require_known(before, database)
        if database.file:
            _back_up(database.file, Path(f"{database.file}.{before}.bak"))
    with database.write() as connection:
        if database.file is None:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            if _has_head(connection):  # another process held the writer's lock before
                return
        if before is None:
            metadata.create_all(connection, checkfirst=False)
            add_local(connection)
            add_defaults(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        else:
            upgrade(connection)
        connection.execute(insert(schema_versions), {"revision": HEAD, "version": __version__, "upgraded_at": now()})


def _has_head(connection: Connection) -> bool:
    known = inspect(connection).has_table("alembic_version")
    return known and connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _require_known(revision: str, database: Database) -> None:
    from alembic.script import ScriptDirectory

    if revision not in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}:
        raise NewerDatabaseError(
            f"the database {database.label} has revision {revision}, which {database.upgraded_by(revision)} wrote "
            f"(this one knows {HEAD}): upgrade jupyter-ml"
        )


def _back_up(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    _create_private(target)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision`, within the transaction of `connection`."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
