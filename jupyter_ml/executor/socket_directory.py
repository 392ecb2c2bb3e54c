# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create directories for sockets, whose paths have to be short."""

from __future__ import annotations

import tempfile
from pathlib import Path

__all__ = ["socket_directory"]

LONGEST = 60
"""Longest path of its parent: that of a socket has at most 107 characters on Linux, 103 on macOS."""


def socket_directory() -> Path:
    """Create a directory with a short path that only this user can use."""
    short = len(tempfile.gettempdir()) <= LONGEST
    return Path(tempfile.mkdtemp(prefix="jupyter-ml-", dir=None if short else "/tmp"))  # noqa: S108
