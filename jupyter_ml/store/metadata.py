# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the tables of the database share: how constraints are named, and indexes of a part of the rows."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, MetaData, event, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["metadata", "partial_index"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def partial_index(name: str, *columns: str, condition: str, postgresql: str | None = None) -> Index:
    """Return an index of the rows for which a condition is true, which PostgreSQL may write differently."""
    return Index(name, *columns, sqlite_where=text(condition), info={"condition": text(postgresql or condition)})


@event.listens_for(metadata, "before_create")
def _set_conditions(metadata: MetaData, connection: Connection, **_: Any) -> None:
    """Set the conditions for PostgreSQL: an index that names it imports its dialect, which takes 40 ms."""
    if connection.dialect.name == "postgresql":
        for index in chain.from_iterable(table.indexes for table in metadata.tables.values()):
            if "condition" in index.info:
                index.dialect_options["postgresql"]["where"] = index.info["condition"]
