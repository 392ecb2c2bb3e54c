# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows of datastores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from jupyter_ml.schemas.datastores import DATASTORE, DEFAULT_DATASTORES, Datastore, DatastoreQuery
from jupyter_ml.store.crud import ResourceStore, new_row
from jupyter_ml.store.tables import datastores

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_ml.store.engine import Database

__all__ = ["DatastoreStore", "add_defaults"]


class DatastoreStore(ResourceStore[Datastore, DatastoreQuery]):
    """Datastores."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, DATASTORE, datastores)


def add_defaults(connection: Connection) -> None:
    """Add the datastores that every workspace has, to a database that is being created."""
    rows = [new_row({"name": name, "type": "local", "path": None}) for name in DEFAULT_DATASTORES]
    connection.execute(insert(datastores), rows)
