# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create and upgrade MLflow's SQLite file atomically.

MLflow's migrations are many transactions: killed in between, they can neither continue nor start again. So a new store
is created in a temporary directory and moved to its place when it is complete, and an old one is copied before it is
upgraded, and restored when that was interrupted.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import NewerDatabaseError, WorkspaceError
from jupyter_ml.tracking.uris import file_states, sqlite_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["prepared"]

_TEMPORARY = "alembic_tmp"
"""Prefix of Alembic's copy of a table that it is changing."""
_DEFAULTS = frozenset({"alembic_version", "experiments", "workspaces"})
"""Tables that have rows in an unused store."""
_QUIET_S = 10.0
"""Seconds without a change after which no process is migrating a file."""
_LOCKED_S = 20.0
"""How long to wait for a program that has locked a file."""

_log = logging.getLogger(__name__)


@contextmanager
def prepared(file: Path, revisions: Sequence[str], migrate: Callable[[str], None]) -> Iterator[None]:
    """Upgrade the file to the newest revision and yield, with other processes that call this locked out meanwhile.

    Parameters
    ----------
    file
        The database; created when missing.
    revisions
        Those that the installed MLflow knows, the newest first.
    migrate
        Creates or upgrades the tables at an address.

    Raises
    ------
    NewerDatabaseError
        When it has another revision than those.
    WorkspaceError
        When it contains runs, and an upgrade by another program was interrupted.
    """
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in file.parent.glob(f".{file.name}.*"):
            shutil.rmtree(leftover)  # of a process that was killed: it would have the lock
        backup = file.with_name(f"{file.name}.upgrading")
        if backup.exists():
            _end_interrupted_upgrade(file, backup, revisions[0])
        else:
            _wait_for_others(file, revisions[0])
        _bring_up_to_date(file, backup, revisions, migrate)
        yield


def _bring_up_to_date(file: Path, backup: Path, revisions: Sequence[str], migrate: Callable[[str], None]) -> None:
    revision = _revision(file)
    if revision == revisions[0]:
        return
    if revision not in (None, *revisions):
        raise NewerDatabaseError(f"a newer MLflow wrote the tracking store (revision {revision}): upgrade mlflow")
    if _unused(file):
        _create(file, migrate)
    elif _half_migrated(file):
        raise WorkspaceError(
            f"an upgrade of {file} by another program was interrupted: put a copy of the file back, "
            "or move it away to begin with an empty one"
        )
    else:
        _upgrade(file, backup, migrate)


def _wait_for_others(file: Path, head: str) -> None:
    """Wait while a program without this lock, e.g. MLflow's own CLI, creates or upgrades the file."""
    while file.exists() and _revision(file) != head:
        found = file_states(file, "-wal", "-journal")
        if not found:
            return
        age_s = time.time() - max(each.st_mtime for each in found)
        if found[0].st_size == 0 or not 0 <= age_s < _QUIET_S:
            return
        time.sleep(0.1)


def _create(file: Path, migrate: Callable[[str], None]) -> None:
    with TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
        new = Path(folder, file.name)
        new.touch(mode=0o600)
        with closing(sqlite3.connect(new)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        migrate(sqlite_uri(new))
        _put_in_place(new, file)


def _put_in_place(new: Path, file: Path) -> None:
    """Move a database that no process has open to its place, over a database without content."""
    with closing(sqlite3.connect(new)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with new.open("rb") as written:
        os.fsync(written.fileno())
    for log in ("-wal", "-shm", "-journal"):  # of the previous database
        file.with_name(f"{file.name}{log}").unlink(missing_ok=True)
    new.replace(file)


def _upgrade(file: Path, backup: Path, migrate: Callable[[str], None]) -> None:
    revision = _revision(file)
    with TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
        copy = Path(folder, file.name)
        copy.touch(mode=0o600)
        _copy(file, copy)
        copy.replace(backup)  # from here on an upgrade is in progress
    try:
        migrate(sqlite_uri(file))
    except BaseException:
        _restore(file, backup)
        raise
    backup.replace(file.with_name(f"{file.name}.{revision}.bak"))


def _end_interrupted_upgrade(file: Path, backup: Path, head: str) -> None:
    if _revision(file) == head and not _half_migrated(file):  # it was killed after the last step
        backup.replace(file.with_name(f"{file.name}.{_revision(backup)}.bak"))
        return
    _log.warning("an upgrade of %s was interrupted: its copy is restored", file)
    _restore(file, backup)


def _restore(file: Path, backup: Path) -> None:
    _copy(backup, file)
    backup.unlink()


def _copy(source: Path, target: Path) -> None:
    """Copy a database as a whole, within one transaction of the target."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _tables(file: Path) -> list[str]:
    return [name for (name,) in _rows(file, "SELECT name FROM sqlite_master WHERE type = 'table'")]


def _rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Return rows of an existing database; none of a table that does not exist.

    Any other error is raised: a database that is locked would seem to be empty, and an empty one is replaced.
    """
    if not file.exists():
        return []
    with closing(sqlite3.connect(file, timeout=_LOCKED_S)) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if not str(error).startswith("no such table"):
                raise
    return []


def _revision(file: Path) -> str | None:
    return next((revision for (revision,) in _rows(file, "SELECT version_num FROM alembic_version")), None)


def _half_migrated(file: Path) -> bool:
    return any(_TEMPORARY in name for name in _tables(file))


def _unused(file: Path) -> bool:
    """Return whether a store is empty: neither runs, nor models, nor experiments but the default one."""
    names = [name for name in _tables(file) if name not in _DEFAULTS and not name.startswith("sqlite_")]
    used = any(_rows(file, f'SELECT 1 FROM "{name}" LIMIT 1') for name in names)  # noqa: S608 -- MLflow's own names
    return not used and not _rows(file, "SELECT 1 FROM experiments WHERE experiment_id != 0")
