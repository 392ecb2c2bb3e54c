# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create computes from their configuration, by the types that installed packages register as entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from jupyter_ml.errors import UnavailableError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoints
    from pathlib import Path

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.computes import ComputeInfo

__all__ = ["GROUP", "create", "find", "types"]

GROUP = "jupyter_ml.compute"
"""Entry-point group: a package that provides a type of compute names its class there."""


@cache
def _installed() -> EntryPoints:
    return entry_points(group=GROUP)  # reads the metadata of every installed package: 10 ms of CPU


def types() -> list[str]:
    """Return the names of all types, without importing any."""
    return sorted(_installed().names)


def find(name: str) -> type[Compute]:
    """Return the class of a type.

    Raises
    ------
    UnavailableError
        When no installed package provides it, or it cannot be imported.
    """
    found = _installed().select(name=name)
    if not found:
        known = types()
        raise UnavailableError(
            f"no installed package provides the type {name!r}{nearest(name, known)}; there are: {', '.join(known)}"
        )
    try:
        return cast("type[Compute]", next(iter(found)).load())
    except (ImportError, ValueError) as error:
        raise UnavailableError(f"the type {name!r} cannot be loaded: {error}") from error


def create(
    config: ComputeInfo, *, directory: Path | None = None, read_secret: Callable[[str], str | None] | None = None
) -> Compute:
    """Return the compute that is configured so.

    Parameters
    ----------
    config
        Its type and its settings.
    directory
        Where it keeps files of its own on this machine.
    read_secret
        Returns a secret of the vault by its name.

    Raises
    ------
    UnavailableError
        When no installed package provides its type, or it cannot be imported or configured.
    """
    try:
        compute = find(config.type)
        created = compute(config.name, compute.Settings.model_validate(config.settings))
    except (UnavailableError, ValueError) as error:
        raise UnavailableError(f"compute {config.name!r} of type {config.type!r} cannot be used: {error}") from error
    created.directory = directory
    if read_secret is not None:
        created.read_secret = read_secret
    return created
