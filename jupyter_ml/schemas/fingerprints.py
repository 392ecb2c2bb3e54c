# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fingerprints: how it is recognized that files have changed."""

from __future__ import annotations

from typing import Literal

from jupyter_ml.schemas.base import Schema

__all__ = ["DataCheck", "Fingerprint", "comparison", "difference"]


class Fingerprint(Schema):
    """What files were like when they were registered."""

    files: int
    """Number of files."""
    bytes: int
    """Their size in all."""
    listing: str
    """BLAKE3 digest of their paths, sizes and modification times, or of the ETags that a server reports."""
    content: str | None = None
    """BLAKE3 digest of the content of a single file, or of all files of a model; None for another directory, for more
    than 1 GB and for files of a server.
    """
    remote: bool = False
    """Whether a server reported it."""
    comparable: bool = True
    """Whether the server reported an ETag or a time of each file; sizes alone are not compared."""


class DataCheck(Schema):
    """Whether the files behind a version of a data asset are those that were registered."""

    name: str
    version: str
    state: Literal["unchanged", "changed", "missing", "unknown"]
    """``missing`` if no file or directory is at the path, ``unknown`` if a server reports nothing but sizes."""
    trust: Literal["content", "listing", "server"]
    """What was compared: the content; paths, sizes and modification times; or what a server reports."""
    detail: str
    """What has changed, e.g. ``2,048 bytes instead of 1,024``."""


def difference(before: Fingerprint, now: Fingerprint) -> str:
    """Return what differs between two fingerprints, e.g. ``2,048 bytes instead of 1,024``; empty if nothing does."""
    if now.listing == before.listing or (before.content is not None and now.content == before.content):
        return ""
    numbers = (("files", before.files, now.files), ("bytes", before.bytes, now.bytes))
    changes = [f"{new:,} {what} instead of {old:,}" for what, old, new in numbers if old != new]
    other = "other content" if before.content is not None else "other files, times or ETags of the same size in all"
    return ", ".join(changes) or other


def comparison(before: Fingerprint, now: Fingerprint) -> tuple[Literal["unchanged", "changed", "unknown"], str]:
    """Return whether data on another machine is what was registered, and what differs."""
    if not before.comparable and now.bytes == before.bytes:
        return "unknown", "the server reports sizes only"
    detail = difference(before, now)
    return ("changed" if detail else "unchanged"), detail
