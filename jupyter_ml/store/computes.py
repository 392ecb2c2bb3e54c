# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The computes of a workspace; `local` is one of them from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from jupyter_ml.schemas.computes import COMPUTE, ComputeConfig, ComputeQuery
from jupyter_ml.store.crud import ResourceRows, new_row
from jupyter_ml.store.tables import computes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_ml.store.engine import Database

__all__ = ["ComputeStore", "add_local"]


class ComputeStore(ResourceRows[ComputeConfig, ComputeQuery]):
    """Computes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, COMPUTE, computes)


def add_local(connection: Connection) -> None:
    """Add the compute that every workspace has, to a database that is being created."""
    connection.execute(insert(computes), new_row({"name": "local", "type": "local", "settings": {}}, 1))
