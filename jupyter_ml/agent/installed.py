# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out whether what a process has imported is still what is installed."""

from __future__ import annotations

import os
import sys

__all__ = ["installed_files"]


def installed_files() -> dict[str, int]:
    """Return what changes whenever a package is installed, or Jupyter ML is edited where it is being developed."""
    found = {path: os.stat(path).st_mtime_ns for path in sys.path if path.endswith("-packages") and os.path.isdir(path)}
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if os.path.dirname(package) in found:  # it changes when another version is installed
        return found
    for folder, _, names in os.walk(package):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                found[path] = os.stat(path).st_mtime_ns
    return found
