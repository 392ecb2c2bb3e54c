# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open the MLflow store of a workspace; create or upgrade it in one process at a time."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import NewerDatabaseError, WorkspaceError
from jupyter_ml.imports import without_collections
from jupyter_ml.tracking.sqlite import prepared
from jupyter_ml.tracking.uris import SCHEMA, sqlite_file

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["open_store"]

_LOCK = "SELECT pg_advisory_xact_lock(2036428611)"


def open_store(uri: str, artifacts: str) -> Any:
    """Open MLflow's store, which is created or upgraded first where necessary.

    It takes seconds: mlflow is imported, and a fresh store goes through all of MLflow's migrations.

    Parameters
    ----------
    uri
        As `store_uri` returns it.
    artifacts
        Directory or address below which experiments store their artifacts.

    Raises
    ------
    WorkspaceError
        When the database does not answer.
    NewerDatabaseError
        When a newer MLflow has upgraded it.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # read once, at import
    with without_collections():  # which take a quarter of the time
        from mlflow.exceptions import MlflowException
        from mlflow.store.tracking import sqlalchemy_store

    module: Any = sqlalchemy_store  # untyped
    file = sqlite_file(uri)
    try:
        with prepared(file, _revisions(), migrate) if file else _prepared_schema(uri):
            return module.SqlAlchemyStore(uri, artifacts)
    except (MlflowException, OSError, sqlite3.Error) as error:
        raise WorkspaceError(f"the tracking store cannot be opened: {error}") from error


@contextmanager
def _prepared_schema(uri: str) -> Iterator[None]:
    """Create or upgrade the tables in PostgreSQL, in one transaction, with other processes locked out."""
    engine = _engine(uri)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(_LOCK)
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        with engine.begin() as connection:
            connection.exec_driver_sql(_LOCK)
            migrate(uri)
            yield
    finally:
        engine.dispose()


def migrate(uri: str) -> None:
    """Create or upgrade MLflow's tables, as ``mlflow db upgrade`` does; there is no public function.

    Raises
    ------
    NewerDatabaseError
        When a newer MLflow has upgraded them.
    """
    module, engine = _utils(), _engine(uri)
    try:
        revision, known = module["_get_schema_version"](engine), _revisions()
        if revision not in (None, *known):
            raise NewerDatabaseError(f"a newer MLflow wrote the tracking store (revision {revision}): upgrade mlflow")
        if revision not in (None, known[0]):
            module["_upgrade_db"](engine)
        elif not module["_all_tables_exist"](engine):
            module["_initialize_tables"](engine)
    finally:
        engine.dispose()


def _utils() -> dict[str, Any]:
    from mlflow.store.db import utils

    logging.getLogger(utils.__name__).setLevel(logging.WARNING)  # it reports on the terminal that it creates tables
    return vars(utils)  # untyped


def _engine(uri: str) -> Any:
    return _utils()["create_sqlalchemy_engine"](uri)


def _revisions() -> list[str]:
    """Return the revisions of the tables that the installed MLflow knows, the newest first."""
    module = _utils()
    scripts = module["ScriptDirectory"].from_config(module["_get_alembic_config"](""))
    return [script.revision for script in scripts.walk_revisions()]
