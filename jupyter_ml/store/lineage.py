# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The edges of the lineage; they stay when what they connect is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, func, insert, or_, select, true, update

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.lineage import LineageEdge, NodeId
from jupyter_ml.store.tables import lineage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import Column, ColumnElement, Connection, RowMapping

    from jupyter_ml.schemas.lineage import LineageRole
    from jupyter_ml.store.engine import Database

__all__ = ["LineageStore", "Side", "add_edge"]

Side = Literal["source", "target"]
_OTHER: dict[Side, Side] = {"source": "target", "target": "source"}
_PAGE = 1_000


class LineageStore:
    """The edges of the lineage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, source: NodeId, target: NodeId, role: LineageRole, label: str = "") -> None:
        """Record that one came from the other, unless that is recorded."""
        with self._database.write() as connection:
            add_edge(connection, source, target, role, label)

    def edges(
        self, ids: Iterable[str], side: Side, *, kinds: Collection[str] | None = None, limit: int
    ) -> list[LineageEdge]:
        """Return the edges at one side of which these nodes are, the oldest first.

        With `kinds`, only those at whose other side a node of these kinds is.
        """
        condition = and_(lineage.c[side].in_([*ids]), _is_of(lineage.c[_OTHER[side]], kinds))
        query = select(lineage).where(condition).order_by(lineage.c.id).limit(limit)
        with self._database.read() as connection:
            return [_edge(row) for row in connection.execute(query).mappings()]

    def degrees(self, ids: Iterable[str], side: Side, kinds: Collection[str] | None = None) -> dict[str, int]:
        """Return how many nodes, of these kinds, are at the other side of the edges of these nodes."""
        column, other = lineage.c[side], lineage.c[_OTHER[side]]
        condition = and_(column.in_([*ids]), _is_of(other, kinds))
        query = select(column, func.count(other.distinct())).where(condition).group_by(column)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def all(self) -> Iterator[LineageEdge]:
        """Yield all edges, the oldest first."""
        last = 0
        while True:
            query = select(lineage).where(lineage.c.id > last).order_by(lineage.c.id).limit(_PAGE)
            with self._database.read() as connection:
                rows = connection.execute(query).mappings().all()
            yield from map(_edge, rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1]["id"]


def add_edge(connection: Connection, source: NodeId, target: NodeId, role: LineageRole, label: str = "") -> None:
    """Record, within a transaction, that one came from the other, unless that is recorded.

    An edge without a label gets the label of the next one.
    """
    columns, ends = lineage.c, {"source": str(source), "target": str(target), "role": role}
    between = and_(*(columns[name] == value for name, value in ends.items()))
    known = {row.label: row.id for row in connection.execute(select(columns.id, columns.label).where(between))}
    if label in known or (not label and known):
        return
    if "" in known:
        connection.execute(update(lineage).where(columns.id == known[""]).values(label=label))
    else:
        connection.execute(insert(lineage), {**ends, "label": label, "time": now()})


def _is_of(node: Column[str], kinds: Collection[str] | None) -> ColumnElement[bool]:
    """Return the condition that a node is of one of these kinds."""
    return true() if kinds is None else or_(*(node.startswith(f"{kind}:", autoescape=True) for kind in kinds))


def _edge(row: RowMapping) -> LineageEdge:
    return LineageEdge(**{key: row[key] for key in LineageEdge.model_fields})
