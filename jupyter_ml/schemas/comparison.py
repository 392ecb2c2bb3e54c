# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How two versions of an asset differ."""

from __future__ import annotations

from pydantic import Field

from jupyter_ml.schemas.base import Schema

__all__ = ["CompareQuery", "Difference"]


class CompareQuery(Schema):
    """With which version to compare."""

    to: str = Field(max_length=512)
    """``NAME:VERSION``, ``NAME@LABEL`` or ``NAME``."""


class Difference(Schema):
    """One row of a comparison."""

    name: str
    first: str | None
    """None where the first version does not have it."""
    second: str | None
    """None where the second version does not have it."""
