# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.schemas.environments import ENVIRONMENT, Environment
from jupyter_ml.store.assets import AssetStore
from jupyter_ml.store.tables import environments

if TYPE_CHECKING:
    from jupyter_ml.store.engine import Database

__all__ = ["EnvironmentStore"]


class EnvironmentStore(AssetStore[Environment, AssetQuery]):
    """Environments."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, ENVIRONMENT, environments)

    def identities(self) -> set[str]:
        """Return the identities of all versions."""
        column = self._table.c.identity
        with self._database.read() as connection:
            return set(connection.scalars(select(column).where(column.is_not(None)).distinct()))
