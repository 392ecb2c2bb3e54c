# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.schemas.environments import BUILD_CHANGED, ENVIRONMENT, Environment
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.store.assets import AssetStore
from jupyter_ml.store.events import event_row, record
from jupyter_ml.store.tables import environments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.store.engine import Database

__all__ = ["EnvironmentStore", "IdentifiedVersion"]


class IdentifiedVersion(NamedTuple):
    """A version of an environment, with the identity of its definition."""

    name: str
    version: str
    identity: str
    variables: dict[str, str]
    definition: dict[str, Any]


class EnvironmentStore(AssetStore[Environment, AssetQuery]):
    """Environments."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, ENVIRONMENT, environments)

    def identities(self) -> set[str]:
        """Return the identities of all versions."""
        column = self._table.c.identity
        with self._database.read() as connection:
            return set(connection.scalars(select(column).where(column.is_not(None)).distinct()))

    def having(self, identities: Iterable[str]) -> list[IdentifiedVersion]:
        """Return the versions with some identities that are not archived, the oldest first."""
        columns = self._table.c
        query = (
            select(columns.name, columns.version, columns.identity, columns.variables, columns.definition)
            .where(columns.identity.in_([*identities]), columns.lifecycle_stage == LifecycleStage.ACTIVE)
            .order_by(columns.id)
        )
        with self._database.read() as connection:
            return [IdentifiedVersion(*row) for row in connection.execute(query)]

    def record_build(self, identity: str, state: str) -> None:
        """Write an event for each version with an identity, whose installation has another state now."""
        kind = self._kind.singular
        versions = self.having([identity])
        rows = [
            event_row(f"{kind}_{BUILD_CHANGED}", kind, each.name, {"version": each.version, "state": state})
            for each in versions
        ]
        with self._database.write() as connection:
            record(connection, rows)
