# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests of clients and replies of the worker: lines of JSON."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.data_view import DataProfile, DataRows, RowFilter, Thumbnails

__all__ = ["Failure", "Location", "Place", "Reply", "Request", "RowsRequest"]


class Place(Schema):
    """Where a reference leads."""

    url: str = ""
    """As that of a location."""
    error: str | None = None
    """Why it leads nowhere."""


class Location(Schema):
    """Where files are."""

    url: str
    """A path of this machine, or ``azureml://datastores/NAME/paths/PATH``."""
    connections: dict[str, dict[str, Any]] = Field(default={}, repr=False)
    """How to reach datastores, with their credentials, by name; none for this machine."""
    elsewhere: dict[str, Place] = Field(default={})
    """Where references in an MLTable file lead."""
    outside: str | None = None
    """Directory in which the absolute paths of an MLTable file may be; None if there may be none."""


class RowsRequest(Schema):
    """Which rows to read."""

    offset: int
    limit: int
    filters: tuple[RowFilter, ...] = ()


class Request(Schema):
    """What to read of a file or directory: one of rows, pictures, profile, or its version if all are absent."""

    location: Location
    rows: RowsRequest | None = None
    thumbnails: tuple[int, int] | None = None
    """Offset and number of pictures."""
    exact: bool | None = None
    """Whether a profile is to be of all rows."""


class Failure(Schema):
    """Why a file could not be read."""

    type: str
    """Name of the exception."""
    message: str
    field: str | None = None


class Reply(Schema):
    """An answer; a profile has several."""

    rows: DataRows | None = None
    thumbnails: Thumbnails | None = None
    profile: DataProfile | None = None
    version: str | None = None
    needs: list[str] | None = None
    """References in an MLTable file, without whose places the request cannot be answered."""
    failure: Failure | None = None
    complete: bool = True
    """Whether it is the last one."""
