# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes: where jobs run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from jupyter_ml.schemas import names
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.resources import ListQuery, Resource

__all__ = ["COMPUTE", "ComputeConfig", "ComputeQuery"]


class ComputeConfig(Resource):
    """A configured instance of a type of compute."""

    type: str
    """Name of the type, as an installed package registers it, e.g. ``local``."""
    slots: int | None = Field(default=None, ge=1)
    """How many jobs it runs at the same time; None for as many as ``local.max_concurrent`` in ``workspace.yml``."""
    settings: dict[str, JsonValue] = {}
    """Settings of its type."""


class ComputeQuery(ListQuery):
    """Which computes to list."""

    sort: Literal["name", "created_at"] = "name"
    descending: bool = False


COMPUTE: Kind[ComputeConfig, ComputeQuery] = Kind(
    name=names.COMPUTE,
    model=ComputeConfig,
    query=ComputeQuery,
    columns=(
        Column("name", lambda item: item.name),
        Column("type", lambda item: item.type),
        Column("slots", lambda item: "" if item.slots is None else str(item.slots), "right"),
    ),
)
