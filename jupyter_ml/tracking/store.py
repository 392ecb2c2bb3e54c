# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open the MLflow store of a workspace on first use, and translate its errors."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, NotFoundError, UnavailableError, WorkspaceError
from jupyter_ml.tracking.opening import open_store
from jupyter_ml.tracking.uris import SCHEMA, artifact_root, file_states, sqlite_file, store_uri

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from pathlib import Path

__all__ = ["TrackingStore", "translated_errors"]

_LOCKED = "database is locked"
"""SQLite's message."""


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise the exceptions of Jupyter ML for those of MLflow in a block."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        if error.error_code == "TEMPORARILY_UNAVAILABLE":  # the driver's message, without the statement
            raise UnavailableError(f"the tracking store failed: {getattr(error.__cause__, 'orig', error)}") from error
        kinds = {"RESOURCE_DOES_NOT_EXIST": NotFoundError}
        raise kinds.get(error.error_code, ConflictError)(f"the tracking store failed: {error}") from error


class TrackingStore:
    """The MLflow store of a workspace; the first call that needs it opens it, which takes seconds.

    Parameters
    ----------
    uri
        Database, as `TrackingStore.uri` returns it.
    artifacts
        Directory or address for artifacts.
    """

    def __init__(self, uri: str, artifacts: str) -> None:
        self._uri, self._root = uri, artifact_root(artifacts)
        self._opening = threading.Lock()
        self._opened: Any = None

    @staticmethod
    def uri(database: str | None, file: Path) -> str:
        """Return the ``MLFLOW_TRACKING_URI`` of a workspace, given its database and the path of an SQLite file."""
        return store_uri(database, file)

    @staticmethod
    def variables(uri: str, artifacts: str) -> dict[str, str]:
        """Return the environment variables with which a program logs to a workspace."""
        return {
            "MLFLOW_TRACKING_URI": uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "_MLFLOW_SERVER_ARTIFACT_ROOT": artifact_root(artifacts),  # for experiments that the program creates
        }

    def prepare(self) -> None:
        """Open the store; see `jupyter_ml.tracking.opening.open_store`.

        Raises
        ------
        UnavailableError
            When another process has locked it for too long: try again.
        """
        with self._opening:
            if self._opened is not None:
                return
            try:
                self._opened = open_store(self._uri, self._root)
            except WorkspaceError as error:
                if _LOCKED not in str(error):
                    raise
                raise UnavailableError(f"the tracking store failed: {_LOCKED}") from error

    @property
    def opened(self) -> bool:
        """Whether the store is open, so that the next call does not take seconds."""
        return self._opened is not None

    def close(self) -> None:
        """Close the store's connections; the next call opens them again."""
        if self._opened is not None:
            self._opened.engine.dispose()

    @property
    def _store(self) -> Any:
        if self._opened is None:
            self.prepare()
        return self._opened

    @property
    def in_file(self) -> bool:
        """Whether the store is a file on this machine, whose `version` takes microseconds."""
        return sqlite_file(self._uri) is not None

    def version(self) -> Hashable:
        """Return what differs after each change."""
        file = sqlite_file(self._uri)
        if file:
            return tuple((stat.st_mtime_ns, stat.st_size) for stat in file_states(file, "-wal"))
        with self._store.engine.connect() as connection:
            changes = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
            return str(connection.exec_driver_sql(f"{changes} WHERE schemaname = '{SCHEMA}'").scalar())

    def optimize(self) -> None:
        """Update SQLite's statistics, which MLflow never does: without them, searches can take minutes."""
        if sqlite_file(self._uri):
            with self._store.engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
                connection.exec_driver_sql("ANALYZE")
