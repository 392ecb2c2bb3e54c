# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The store: all tables of a workspace behind one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import text

from jupyter_ml.store.assets import AssetStore
from jupyter_ml.store.computes import ComputeStore
from jupyter_ml.store.crud import ResourceStore
from jupyter_ml.store.data import DataStore
from jupyter_ml.store.datastores import DatastoreStore
from jupyter_ml.store.engine import Database
from jupyter_ml.store.environments import EnvironmentStore
from jupyter_ml.store.events import EventStore
from jupyter_ml.store.experiments import ExperimentStore
from jupyter_ml.store.jobs import JobStore
from jupyter_ml.store.lineage import LineageStore
from jupyter_ml.store.postgresql_notifications import CHANNEL, PostgreSQLListener
from jupyter_ml.store.resource_tables import AssetTables, require_tables
from jupyter_ml.store.schema import prepare
from jupyter_ml.store.suggestions import SuggestionStore
from jupyter_ml.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path
    from types import TracebackType

    from jupyter_ml.schemas.kinds import Kind

__all__ = ["Store"]


class Store:
    """The database of one workspace.

    Attributes
    ----------
    jobs : JobStore
    experiments : ExperimentStore
    computes : ComputeStore
    suggestions : SuggestionStore
    datastores : DatastoreStore
    data : DataStore
    environments : EnvironmentStore
    lineage : LineageStore
    events : EventStore
    shared : bool
        Whether several hosts may use it at the same time (PostgreSQL).
    upgraded : bool
        Whether its tables were upgraded when it was opened.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.shared = database.file is None
        self.upgraded = False
        self.jobs = JobStore(database)
        self.experiments = ExperimentStore(database)
        self.computes = ComputeStore(database)
        self.suggestions = SuggestionStore(database)
        self.datastores = DatastoreStore(database)
        self.data = DataStore(database)
        self.environments = EnvironmentStore(database)
        self.lineage = LineageStore(database)
        self.events = EventStore(database)

    @classmethod
    def open(cls, url: str | Path) -> Self:
        """Open a database, and create or upgrade its tables where necessary.

        Parameters
        ----------
        url
            SQLAlchemy address: ``sqlite:///PATH`` or ``postgresql+psycopg://USER@HOST/NAME``; or the path of a file.

        Raises
        ------
        NewerDatabaseError
            When a newer version of Jupyter ML wrote it.
        WorkspaceError
            When it cannot be reached.
        """
        database = Database(url)
        try:
            upgraded = prepare(database)
        except BaseException:
            database.close()
            raise
        store = cls(database)
        store.upgraded = upgraded
        return store

    @staticmethod
    def require_tables(kind: Kind[Any, Any]) -> None:
        """Raise TypeError if `of` cannot store the resources of a kind in the tables that there are."""
        require_tables(kind, metadata)

    def of(self, kind: Kind[Any, Any]) -> ResourceStore[Any, Any]:
        """Return the store of a kind that needs no code of its own; its tables are called as its plural."""
        self.require_tables(kind)
        table = metadata.tables[kind.plural]
        if kind.name.versioned:
            return AssetStore(self._database, kind, AssetTables(table, metadata.tables[f"{kind.plural}_versions"]))
        return ResourceStore(self._database, kind, table)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def revision(self) -> str | None:
        """The revision of the tables that this process works with."""
        return self._database.expected

    def version(self) -> Hashable:
        """Return, in microseconds, what differs after each change; None where that is unknown."""
        return self._database.version()

    def require_current(self) -> None:
        """Raise NewerDatabaseError if another process has upgraded the tables since this one opened them."""
        self._database.require_expected()

    def notify(self) -> None:
        """Wake the listeners of every host; nothing happens on SQLite, which one host uses."""
        if self.shared:
            with self._database.engine.begin() as connection:
                connection.execute(text(f"NOTIFY {CHANNEL}"))

    def listen(self, callback: Callable[[], object]) -> PostgreSQLListener:
        """Call `callback` in a thread of its own at every `notify` of any host; only where the store is `shared`."""
        return PostgreSQLListener(self._database, callback)

    def optimize(self) -> None:
        """Update the statistics of the query planner; needed now and then while the tables grow."""
        if self._database.file:
            with self._database.write() as connection:
                connection.execute(text("PRAGMA analysis_limit = 1000"))
                connection.execute(text("ANALYZE"))
        else:  # index-only scans need VACUUM
            with self._database.engine.connect() as connection:
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                alone.execute(text(f"VACUUM (ANALYZE) {', '.join(metadata.tables)}"))
