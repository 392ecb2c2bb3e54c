# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the front end gets to know of a kind of resource: enough to list its resources and to change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.base import Schema

if TYPE_CHECKING:
    from jupyter_ml.schemas.kinds import Kind

__all__ = ["ColumnInfo", "KindInfo", "kind_info"]


class ColumnInfo(Schema):
    """A column of the lists of a kind."""

    title: str
    """In prose."""
    field: str
    """Field of a resource that it shows."""


class KindInfo(Schema):
    """A kind of resource."""

    name: str
    """Kind of its events, e.g. ``online_endpoint``."""
    path: str
    """Path of its lists below the base of the API, e.g. ``/online-endpoints``."""
    title: str
    """Its singular in prose."""
    titles: str
    """Its plural in prose."""
    summary: str
    """What its resources are; begins in lower case."""
    operations: list[str]
    """What clients can do with its resources, e.g. ``archive``."""
    versioned: bool
    """Whether its resources are versions of assets."""
    columns: list[ColumnInfo]
    """Columns of its lists that show a field."""
    follows: list[str]
    """Kinds whose changes change its resources too."""


def kind_info(kind: Kind[Any, Any]) -> KindInfo:
    """Return what the front end gets to know of a kind."""
    name, known = kind.name, kind.model.model_fields
    return KindInfo(
        name=name.singular,
        path=f"/{name.segment}",
        title=name.title,
        titles=name.titles,
        summary=name.summary,
        operations=sorted(name.operations),
        versioned=name.versioned,
        columns=[
            ColumnInfo(title=column.title, field=column.shown_field)
            for column in kind.columns
            if column.shown_field in known
        ],
        follows=[*kind.follows],
    )
