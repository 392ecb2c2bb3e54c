# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Addresses and files of databases and artifacts for MLflow, with any characters in a path."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    import os

__all__ = ["SCHEMA", "artifact_root", "file_states", "same_database", "sqlite_file", "sqlite_uri", "store_uri"]

SCHEMA = "mlflow"
"""PostgreSQL schema of MLflow's tables, because Jupyter ML has tables of the same names in the same database."""

_READ_IN_SQLITE = frozenset("%?")
_READ_IN_PATHS = frozenset("%?#'")
"""The last one ends a text in a statement that MLflow formats itself."""


def sqlite_uri(file: Path) -> str:
    """Return the address of an SQLite file.

    A path with special characters is quoted, and the address has the driver's name: of an address that begins with
    ``sqlite:///`` MLflow creates the directory without decoding the quotes.
    """
    if _READ_IN_SQLITE.isdisjoint(str(file)):
        return f"sqlite:///{file}"
    return f"sqlite+pysqlite:///{quote(str(file))}"


def sqlite_file(uri: str) -> Path | None:
    """Return the file of an SQLite address, read as SQLAlchemy does; None for PostgreSQL."""
    scheme, _, rest = uri.partition(":///")
    return Path(unquote(rest.partition("?")[0])) if scheme.partition("+")[0] == "sqlite" else None


def file_states(file: Path, *ends: str) -> list[os.stat_result]:
    """Return the states of a database and of those of its logs that exist: other processes remove them at any time."""
    found = []
    for end in ("", *ends):
        with suppress(FileNotFoundError):
            found.append(file.with_name(f"{file.name}{end}").stat())
    return found


def same_database(uri: str, other: str) -> bool:
    """Return whether two addresses, of any kind, name the same database."""
    file, other_file = sqlite_file(uri), sqlite_file(other)
    if file is None or other_file is None:
        return uri == other
    return file == other_file or file.resolve() == other_file.resolve()


def store_uri(database: str | None, file: Path) -> str:
    """Return the address of MLflow's tables: in the team's PostgreSQL, or else in an SQLite file of its own."""
    if database is None or sqlite_file(database):
        return sqlite_uri(file)
    return f"{database}{'&' if '?' in database else '?'}options=-csearch_path%3D{SCHEMA}"


def artifact_root(place: str) -> str:
    """Return a directory or address for artifacts that MLflow reads correctly: it decodes quotes in paths."""
    if "://" in place or _READ_IN_PATHS.isdisjoint(place):
        return place
    return Path(place).absolute().as_uri()
