# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows of datastores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.datastores import DATASTORE, DEFAULT_DATASTORES, READ_EVENT, Datastore, DatastoreQuery
from jupyter_ml.store.crud import ResourceStore, new_row
from jupyter_ml.store.events import event_row, record
from jupyter_ml.store.tables import datastores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from sqlalchemy import Connection as DatabaseConnection
    from sqlalchemy import Row

    from jupyter_ml.store.engine import Database

__all__ = ["DatastoreStore", "add_defaults"]


class DatastoreStore(ResourceStore[Datastore, DatastoreQuery]):
    """Datastores."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, DATASTORE, datastores)

    def _resource(self, row: Row[Any], **more: Any) -> Datastore:
        return super()._resource(row, location=Connection(row.type, row.settings).location, **more)

    def scopes(self) -> dict[str, str]:
        """Return the scopes of the vault in which credentials are, by the names of their datastores."""
        with self._database.read() as connection:
            query = select(datastores.c.name, datastores.c.vault_scope).where(datastores.c.vault_scope.is_not(None))
            return {name: scope for name, scope in connection.execute(query)}  # noqa: C416 -- rows

    def scope(self, name: str) -> str | None:
        """Return the scope of the vault in which the credentials of a datastore are."""
        with self._database.read() as connection:
            scope: str | None = self._find(connection, name).vault_scope
            return scope

    def all(self) -> Sequence[Datastore]:
        """Return all datastores that are not being deleted, in alphabetical order."""
        with self._database.read() as connection:
            return self._read(connection, connection.scalars(select(datastores.c.name).order_by("name")).all())

    def record_read(self, name: str, reader: dict[str, JsonValue]) -> None:
        """Record in an event that a program has received the credentials of a datastore.

        Parameters
        ----------
        name
            The datastore.
        reader
            Who has received them: ``job``, or the id of a ``process``.
        """
        with self._database.write() as connection:
            row = event_row(f"{DATASTORE.singular}_{READ_EVENT}", DATASTORE.singular, name, reader)
            record(connection, [row])


def add_defaults(connection: DatabaseConnection) -> None:
    """Add the datastores that every workspace has, to a database that is being created."""
    rows = [new_row({"name": name, "type": "local", "settings": {"path": None}}, 1) for name in DEFAULT_DATASTORES]
    connection.execute(insert(datastores), rows)
