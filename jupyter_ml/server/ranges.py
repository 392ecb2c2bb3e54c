# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Evaluate range requests and conditional requests for files (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["Part", "Version", "part_of"]

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.IGNORECASE)


@dataclass(frozen=True)
class Version:
    """Version of a file."""

    size: int
    etag: str
    modified: str

    @classmethod
    def of(cls, status: os.stat_result) -> Version:
        """Return the version of an open file, from its modification time, size and inode."""
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"'
        modified = datetime.fromtimestamp(int(status.st_mtime), UTC)
        return cls(status.st_size, etag, format_datetime(modified, usegmt=True))


@dataclass(frozen=True)
class Part:
    """Part of a file to send, with the status: 200, 206 for a range, 304 not modified, 416 range not satisfiable."""

    status: int
    start: int
    stop: int
    """Position after the last byte."""


def part_of(version: Version, headers: Mapping[str, str]) -> Part:
    """Return the part of a file to send for a request with these headers.

    A request for several ranges is answered with the whole file, as the standard allows.
    """
    whole = Part(200, 0, version.size)
    if _not_modified(version, headers):
        return Part(304, 0, 0)
    match = _RANGE.fullmatch(headers.get("Range", "").strip())
    if match is None or not any(match.groups()) or not _matches(version, headers.get("If-Range")):
        return whole
    first, last = match.groups()
    start = int(first) if first else max(version.size - int(last), 0)
    stop = min(int(last) + 1, version.size) if first and last else version.size
    if first and last and int(last) < int(first):  # not a range
        return whole
    return Part(206, start, stop) if start < stop else Part(416, 0, 0)


def _not_modified(version: Version, headers: Mapping[str, str]) -> bool:
    """Return whether the client has this version already."""
    if known := headers.get("If-None-Match"):
        return known.strip() == "*" or version.etag in re.findall(r'"[^"]*"', known)
    since, modified = _time(headers.get("If-Modified-Since")), _time(version.modified)
    return since is not None and modified is not None and modified <= since


def _matches(version: Version, condition: str | None) -> bool:
    """Return whether this version matches If-Range; a weak tag never does."""
    return condition is None or condition.strip() in (version.etag, version.modified)


def _time(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
