"""How the MLflow store of a workspace is opened: made when missing, upgraded when old, fit for several processes."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import NewerDatabaseError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SCHEMA", "open_store", "sqlite_file", "store_uri"]

SCHEMA = "mlflow"
"""Where MLflow's tables lie in PostgreSQL: ours have the same names and lie in the same database."""

_LOCK = "SELECT pg_advisory_xact_lock(2036428611)"


def sqlite_file(uri: str) -> Path | None:
    """Return the file of an SQLite address, None for PostgreSQL."""
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:") else None


def store_uri(database: str | None, file: Path) -> str:
    """Return where MLflow keeps its tables: in the team's PostgreSQL, or else in an SQLite file of its own."""
    if database is None or sqlite_file(database):
        return f"sqlite:///{file}"
    return f"{database}{'&' if '?' in database else '?'}options=-csearch_path%3D{SCHEMA}"


def open_store(uri: str, artifacts: str) -> Any:
    """Open MLflow's store, which is made or upgraded first where necessary.

    It takes seconds: mlflow is imported, and a fresh store goes through all of MLflow's migrations.

    Parameters
    ----------
    uri
        As `store_uri` returns it.
    artifacts
        Folder or address below which experiments keep their artifacts.

    Raises
    ------
    WorkspaceError
        When the database does not answer.
    NewerDatabaseError
        When a newer MLflow has upgraded it.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # read once, at import
    from mlflow.exceptions import MlflowException
    from mlflow.store.tracking import sqlalchemy_store

    module: Any = sqlalchemy_store  # untyped
    try:
        with _alone(uri) as engine:
            _make_tables(engine)
        return module.SqlAlchemyStore(uri, artifacts)
    except (MlflowException, OSError) as error:
        raise WorkspaceError(f"the tracking store cannot be opened: {error}") from error


@contextmanager
def _alone(uri: str) -> Iterator[Any]:
    """Yield an engine that no other process has meanwhile: MLflow's migrations do not bear company."""
    from mlflow.store.db import utils

    connect: Any = utils.create_sqlalchemy_engine  # untyped
    file = sqlite_file(uri)
    if file is None:
        engine = connect(uri)
        with engine.begin() as connection:
            connection.exec_driver_sql(_LOCK)
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        with engine.begin() as connection:
            connection.exec_driver_sql(_LOCK)
            yield engine
        engine.dispose()
        return
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        engine = connect(uri)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        yield engine
        engine.dispose()


def _make_tables(engine: Any) -> None:
    """Make or upgrade MLflow's tables, as ``mlflow db upgrade`` does; there is no public way."""
    from mlflow.store.db import utils

    module: dict[str, Any] = vars(utils)
    version = module["_get_schema_version"](engine)
    directory = module["ScriptDirectory"].from_config(module["_get_alembic_config"](""))
    if version not in (None, directory.get_current_head()):
        if version not in {script.revision for script in directory.walk_revisions()}:
            raise NewerDatabaseError(f"a newer MLflow wrote the tracking store (revision {version}): upgrade mlflow")
        module["_upgrade_db"](engine)
    elif not module["_all_tables_exist"](engine):
        module["_initialize_tables"](engine)
