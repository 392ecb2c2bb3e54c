# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create computes from their configuration, by the types that installed packages register as entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from jupyter_ml.errors import UnavailableError, nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.computes import ComputeConfig

__all__ = ["GROUP", "create", "types"]

GROUP = "jupyter_ml.compute"
"""Entry-point group: a package that provides a type of compute names its class there."""


@cache
def _installed() -> EntryPoints:
    return entry_points(group=GROUP)  # reads the metadata of every installed package: 10 ms of CPU


def types() -> list[str]:
    """Return the names of all types, without importing any."""
    return sorted(_installed().names)


def create(config: ComputeConfig) -> Compute:
    """Return the compute that is configured so.

    Raises
    ------
    UnavailableError
        When no installed package provides its type, or it cannot be imported or configured.
    """
    found, what = _installed().select(name=config.type), f"compute {config.name!r} of type {config.type!r}"
    if not found:
        known = types()
        raise UnavailableError(
            f"{what}: no installed package provides that type{nearest(config.type, known)}; "
            f"there are: {', '.join(known)}"
        )
    try:
        compute = cast("type[Compute]", next(iter(found)).load())
        return compute(config.name, compute.Settings.model_validate(config.settings))
    except (ImportError, ValueError) as error:
        raise UnavailableError(f"{what} cannot be loaded: {error}") from error
