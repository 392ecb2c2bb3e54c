# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The cache of data that was downloaded for jobs."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time

__all__ = ["CacheEntry", "DataCache"]


class CacheEntry(Schema):
    """Downloaded data."""

    key: str
    """Name of its directory."""
    location: str
    """Where it is from."""
    bytes: int
    """Size of its files; of an incomplete entry what it will have."""
    files: int | None = None
    """Number of its files; None while it is incomplete."""
    used_at: Time
    """When it was used last."""
    in_use: bool
    """Whether a job uses or downloads it."""
    complete: bool
    """Whether it was downloaded completely."""


class DataCache(Schema):
    """Downloaded data, those first that were used most recently."""

    items: list[CacheEntry]
    bytes: int
    """Size of all."""
