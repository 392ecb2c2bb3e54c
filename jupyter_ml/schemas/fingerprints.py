# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fingerprints: how it is recognized that files have changed."""

from __future__ import annotations

from typing import Literal

from jupyter_ml.schemas.base import Schema

__all__ = ["DataCheck", "Fingerprint"]


class Fingerprint(Schema):
    """What files were like when they were registered."""

    files: int
    """Number of files."""
    bytes: int
    """Their size in all."""
    listing: str
    """BLAKE3 digest of their paths, sizes and modification times."""
    content: str | None = None
    """BLAKE3 digest of the content of a single file; None for a directory and for a file of more than 1 GB."""


class DataCheck(Schema):
    """Whether the files behind a version of a data asset are those that were registered."""

    name: str
    version: str
    state: Literal["unchanged", "changed", "missing"]
    """``missing`` if no file or directory is at the path."""
    trust: Literal["content", "listing"]
    """What was compared: the content, or paths, sizes and modification times."""
    detail: str
    """What has changed, e.g. ``2,048 bytes instead of 1,024``."""
