# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Locks of environments: requirements files in which each package has one version."""

from __future__ import annotations

__all__ = ["LOCK_VARIABLE", "packages_of"]

LOCK_VARIABLE = "JUPYTER_ML_LOCK"
"""Environment variable of a job with the path of the lock of its environment."""


def packages_of(lock: str) -> list[str]:
    """Return the packages of a lock, without hashes and options."""
    lines = (line.split(" \\")[0].partition(" ;")[0].strip() for line in lock.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-"))]
