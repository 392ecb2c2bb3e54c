# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the jobs for which several conditions hold, each of which finds up to all of them.

Databases join 100,000 ids more slowly than they send them. The ids of each condition are read as one value and combined
as flags; where few are left, the next condition is only examined for those.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, Text, any_, cast, func, literal, select, type_coerce

from jupyter_ml.store.columns import Json

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Condition", "among", "flags_of", "ids_of"]

Condition = Sequence[Select[Any]]
"""Queries of ids: the condition holds for what any of them finds."""

_FEW = 10_000
"""Ids up to which looking for each of them is faster than reading all that a condition finds."""


def flags_of(
    connection: Connection, size: int, wanted: Sequence[Condition], unwanted: Sequence[Condition]
) -> bytearray:
    """Return a one for each id that all of `wanted` and none of `unwanted` find, by id.

    Parameters
    ----------
    connection
        Of a reader.
    size
        Greater than any id.
    wanted, unwanted
        At least one is wanted; those that find few should come first.
    """
    flags, left = _found(connection, size, wanted[0], None)
    for condition in wanted[1:]:
        found, ids = _found(connection, size, condition, left if len(left) <= _FEW else None)
        flags = _combined(flags, found, negated=False)
        left = [job_id for job_id in left if flags[job_id]] if len(left) < len(ids) else ids
    for condition in unwanted:
        found, _ = _found(connection, size, condition, left if len(left) <= _FEW else None)
        flags = _combined(flags, found, negated=True)
    return flags


def _found(
    connection: Connection, size: int, condition: Condition, few: Sequence[int] | None
) -> tuple[bytearray, Sequence[int]]:
    """Return what a condition finds among a few ids, or all that it finds, as flags and as ids."""
    found: list[Sequence[int]] = []
    # a byte for each job stays in the processor's cache, which a set of 100,000 numbers does not
    flags = bytearray(size)
    for some in condition:
        column = some.subquery().c[0]
        query = some if few is None else select(column).where(_one_of(connection, column, few))
        found.append(ids_of(connection, query))
        for job_id in found[-1]:
            flags[job_id] = 1
    return flags, found[0] if len(found) == 1 else [*chain(*found)]


def ids_of(connection: Connection, some: Select[Any]) -> Sequence[int]:
    """Return many ids: one value of all is created and read several times faster than a row for each."""
    column = some.subquery().c[0]
    if connection.dialect.name == "sqlite":
        return connection.scalar(select(type_coerce(cast(func.json_group_array(column), Text), Json))) or []
    ids = array("q", connection.scalar(select(func.string_agg(func.int8send(column), literal(b"")))) or b"")
    if sys.byteorder == "little":
        ids.byteswap()
    return ids


def among(connection: Connection, ids: Sequence[int]) -> Select[Any]:
    """Return a query of `ids`, sent as one value: 10,000 values take longer to send than to find."""
    if connection.dialect.name == "sqlite":
        return select(func.json_each(json.dumps([*ids])).table_valued("value").c.value)
    return select(func.unnest(cast([*ids], ARRAY(BigInteger))))


def _one_of(connection: Connection, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that `column` is one of few ids, each of which is looked for in an index."""
    if connection.dialect.name == "sqlite":
        return column.in_(among(connection, ids))
    return column == any_(cast([*ids], ARRAY(BigInteger)))


def _combined(left: bytearray, right: bytearray, *, negated: bool) -> bytearray:
    """Return the flags that are in both, or in `left` alone: as integers, because Python has no operators for bytes."""
    first, second = (int.from_bytes(flags, "little") for flags in (left, right))
    return bytearray((first & ~second if negated else first & second).to_bytes(len(left), "little"))
