# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The computes of a workspace, as instances that can start processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_ml.compute import discovery

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Compute
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Computes"]


class Computes:
    """Computes by name."""

    def __init__(self, workspace: WorkspaceContext) -> None:
        self._slots = workspace.settings.local.max_concurrent or _cores()
        self._computes: dict[str, Compute] = {}

    async def names(self) -> list[str]:
        """Return the names of all computes."""
        return discovery.names()

    async def slots(self, name: str) -> int:
        """Return how many jobs run on a compute at the same time."""
        del name
        return self._slots

    async def get(self, name: str) -> Compute:
        """Return a compute; raises as `discovery.get`."""
        if name not in self._computes:
            self._computes[name] = discovery.get(name)
        return self._computes[name]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux, where a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
