# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read files while they grow."""

from __future__ import annotations

import os

from jupyter_ml.agent.frames import BODY_BYTES

__all__ = ["piece"]


def piece(path: str, offset: int) -> bytes:
    """Return up to 1 MiB of a file from an offset on; nothing where there is no file, or where it ends before."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a named pipe is not waited for
    except FileNotFoundError:
        return b""
    try:
        return os.pread(descriptor, BODY_BYTES, offset)
    finally:
        os.close(descriptor)
