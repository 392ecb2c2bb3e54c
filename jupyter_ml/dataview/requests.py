# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests of clients and replies of the worker: lines of JSON."""

from __future__ import annotations

from pathlib import Path

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.data_view import DataProfile, DataRows

__all__ = ["Failure", "Reply", "Request"]


class Request(Schema):
    """What to read of a file: a page of rows, or its profile."""

    path: Path
    page: tuple[int, int] | None = None
    """Offset and number of rows."""
    exact: bool = True
    """Whether a profile is to be of all rows."""


class Failure(Schema):
    """Why a file could not be read."""

    type: str
    """Name of the exception."""
    message: str


class Reply(Schema):
    """An answer; a profile has several."""

    rows: DataRows | None = None
    profile: DataProfile | None = None
    failure: Failure | None = None
    complete: bool
    """Whether it is the last one."""
