# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The events of a workspace, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.resources import ResourceEvent
from jupyter_ml.store.tables import events

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydantic import JsonValue
    from sqlalchemy import Connection

    from jupyter_ml.store.engine import Database

__all__ = ["PAGE", "EventStore", "event_row", "first_revision", "record"]

KEEP = 100_000
PAGE = 1_000
"""How many events are read at once."""


class EventStore:
    """The events; changes of resources write theirs in the same transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, type: str, kind: str, name: str, data: dict[str, JsonValue] | None = None) -> None:  # noqa: A002
        """Add an event."""
        with self._database.write() as connection:
            record(connection, [event_row(type, kind, name, data or {})])

    def since(self, sequence: int, limit: int = PAGE) -> list[ResourceEvent]:
        """Return up to `limit` events after number `sequence`, the oldest first."""
        query = select(events).where(events.c.sequence > sequence).order_by(events.c.sequence).limit(limit)
        with self._database.read() as connection:
            return [ResourceEvent.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def last(self) -> int:
        """Return the number of the newest event, 0 before the first."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(events.c.sequence))) or 0

    def names_since(self, sequence: int, kind: str) -> set[str]:
        """Return the names of the resources of a kind that have events after number `sequence`."""
        query = select(events.c.name).where(events.c.sequence > sequence, events.c.kind == kind).distinct()
        with self._database.read() as connection:
            return set(connection.scalars(query))

    def prune(self, keep: int = KEEP) -> None:
        """Remove all but the newest `keep` events."""
        with self._database.write() as connection:
            newest = connection.scalar(select(func.max(events.c.sequence))) or 0
            connection.execute(delete(events).where(events.c.sequence <= newest - keep))


def event_row(type: str, kind: str, name: str, data: dict[str, Any], time: datetime | None = None) -> dict[str, Any]:  # noqa: A002
    """Return the row of one event, for `record`."""
    return {"time": time or now(), "type": type, "kind": kind, "name": name, "data": data}


def first_revision(connection: Connection) -> int:
    """Return the revision of a resource that is created in this transaction: a number above those of all events.

    Each update adds one to a revision and writes an event. A resource that gets the name of a deleted one therefore has
    a higher revision than that one ever had, and an update that is based on the deleted one is refused.
    """
    return (connection.scalar(select(func.max(events.c.sequence))) or 0) + 1


def record(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add events within a transaction."""
    if rows:
        connection.execute(insert(events), rows)
