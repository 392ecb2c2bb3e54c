# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes: configured places where jobs run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from jupyter_ml.schemas import names
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.resources import ListQuery, Resource

__all__ = ["COMPUTE", "ComputeConfig", "ComputeQuery"]


class ComputeConfig(Resource):
    """A configured instance of a kind of compute."""

    kind: str
    """Name of the kind, as an installed package registers it, e.g. ``local``."""
    slots: int | None = Field(default=None, ge=1)
    """How many jobs it runs at the same time; None for as many as ``local.max_concurrent`` in ``workspace.yml``."""
    settings: dict[str, JsonValue] = {}
    """Settings of its kind."""


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
        Column("kind", lambda item: item.kind),
        Column("slots", lambda item: "" if item.slots is None else str(item.slots), "right"),
    ),
)
