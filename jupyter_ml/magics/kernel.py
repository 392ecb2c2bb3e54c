# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The kernel that this session runs in."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["kernel_name"]


def kernel_name() -> str | None:
    """Return the name of the kernel that runs this notebook, as its connection file tells; None in a terminal."""
    from ipykernel.connect import get_connection_file

    try:
        found = json.loads(Path(get_connection_file()).read_bytes()).get("kernel_name")
    except (RuntimeError, OSError, ValueError):
        return None
    return found or None
