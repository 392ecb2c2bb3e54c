# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the kernel of this session."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["kernel_name"]


def kernel_name() -> str | None:
    """Return the name of this notebook's kernel from its connection file, or None in a terminal."""
    from ipykernel.connect import get_connection_file

    try:
        name = json.loads(Path(get_connection_file()).read_bytes()).get("kernel_name")
    except (RuntimeError, OSError, ValueError):
        return None
    return name or None
