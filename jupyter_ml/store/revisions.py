# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The revision at which each field of a resource last changed, so that updates of different fields do not conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["changed_since", "with_changes"]

_OTHERS = ""
"""Key of the revision of all fields that have not changed since the first update that was recorded."""


def with_changes(before: Mapping[str, int], revision: int, fields: Iterable[str]) -> dict[str, int]:
    """Return the revisions of fields after a change of some of them; `revision` is the one before it."""
    return {_OTHERS: revision, **before, **dict.fromkeys(fields, revision + 1)}


def changed_since(known: Mapping[str, int], current: int, based_on: int, fields: Iterable[str]) -> list[str]:
    """Return which of `fields` have changed since the revision that an update is based on.

    Parameters
    ----------
    known
        The revisions of fields, as `with_changes` returns them; empty before the first change.
    current
        The revision of the resource.
    based_on
        The revision of which the client knows; one that is not in the past belongs to another resource.
    fields
        Those to update.
    """
    if based_on > current:
        return [*fields]
    others = known.get(_OTHERS, current)
    return [field for field in fields if known.get(field, others) > based_on]
