# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the kinds of compute that installed packages register as entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from jupyter_ml.errors import NotFoundError, UnavailableError, nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

    from jupyter_ml.compute.base import Compute

__all__ = ["GROUP", "get", "names"]

GROUP = "jupyter_ml.compute"
"""Entry-point group: a package that brings a compute names its class there."""


@cache
def _installed() -> EntryPoints:
    return entry_points(group=GROUP)  # reads the metadata of every installed package: 10 ms of CPU


def names() -> list[str]:
    """Return the names of all computes, without importing any."""
    return sorted(_installed().names)


def get(name: str) -> Compute:
    """Return the compute of this name.

    Raises
    ------
    NotFoundError
        When there is none.
    UnavailableError
        When the package that brings it cannot be imported.
    """
    found = _installed().select(name=name)
    if not found:
        known = names()
        raise NotFoundError(f"there is no compute {name!r}{nearest(name, known)}; there are: {', '.join(known)}")
    try:
        return cast("Compute", next(iter(found)).load()())
    except ImportError as error:
        raise UnavailableError(f"compute {name!r} cannot be loaded: {error}") from error
