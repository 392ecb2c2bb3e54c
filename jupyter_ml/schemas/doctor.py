# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What is well in a workspace and what is not."""

from __future__ import annotations

from enum import StrEnum

from jupyter_ml.schemas.base import Schema

__all__ = ["Check", "Level"]


class Level(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Check(Schema):
    """One check, and what it found."""

    subject: str
    level: Level
    message: str
    hint: str | None = None
    """What to do."""
