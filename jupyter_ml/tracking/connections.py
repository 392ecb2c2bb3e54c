# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connections to MLflow's database by its own driver: MLflow takes two seconds to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyter_ml.errors import UnavailableError
from jupyter_ml.tracking.uris import sqlite_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["connect"]


def connect(uri: str, *, read_only: bool = False, wait_s: float = 20.0) -> Any:
    """Return a connection in autocommit mode, which one thread at a time may use.

    Parameters
    ----------
    uri
        As `jupyter_ml.tracking.uris.store_uri` returns it.
    read_only
        Whether an SQLite file is only read.
    wait_s
        How long to wait for an SQLite file that another process writes.

    Raises
    ------
    UnavailableError
        When the database does not answer.
    """
    file = sqlite_file(uri)
    return _connect_postgresql(uri) if file is None else _connect_sqlite(file, "ro" if read_only else "rw", wait_s)


def _connect_sqlite(file: Path, mode: str, wait_s: float) -> Any:
    import sqlite3

    address = f"file:{quote(str(file))}?mode={mode}"
    try:
        return sqlite3.connect(address, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise UnavailableError(f"the tracking store {file} cannot be opened: {error}") from error


def _connect_postgresql(uri: str) -> Any:
    import psycopg

    try:
        return psycopg.connect(uri.replace("+psycopg", "", 1), autocommit=True)
    except psycopg.OperationalError as error:
        raise UnavailableError(f"the tracking store does not answer: {error}") from error
