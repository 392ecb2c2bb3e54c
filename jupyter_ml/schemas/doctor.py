# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Results of the checks of a workspace."""

from __future__ import annotations

from enum import StrEnum

from jupyter_ml.schemas.base import Schema

__all__ = ["Check", "Level"]


class Level(StrEnum):
    """Result of a check."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Check(Schema):
    """A check of a workspace and what it found."""

    subject: str
    level: Level
    message: str
    hint: str | None = None
    """What to do."""
