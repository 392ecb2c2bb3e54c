# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The computes of a workspace, as instances that can start processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_ml.compute import registry
from jupyter_ml.schemas.computes import ComputeQuery

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.computes import ComputeConfig
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["Computes"]


class Computes:
    """Computes by name, created again when their configuration changes."""

    def __init__(self, workspace: WorkspaceContext, threads: Threads) -> None:
        self._store, self._threads = workspace.store.computes, threads
        self._default_slots = workspace.settings.local.max_concurrent or _cores()
        self._created: dict[str, tuple[ComputeConfig, Compute]] = {}

    async def list(self) -> list[ComputeConfig]:
        """Return the configurations of all computes."""
        return (await self._threads.store(self._store.list, ComputeQuery(limit=1_000))).items

    def slots(self, config: ComputeConfig) -> int:
        """Return how many jobs run on a compute at the same time."""
        return config.slots or self._default_slots

    async def get(self, name: str) -> Compute:
        """Return the compute of this name; NotFoundError when there is none."""
        return self.create(await self._threads.store(self._store.get, name))

    def create(self, config: ComputeConfig) -> Compute:
        """Return the compute that is configured so; UnavailableError as for `registry.create`."""
        known = self._created.get(config.name)
        if known is None or known[0] != config:
            known = self._created[config.name] = config, registry.create(config)
        return known[1]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux, where a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
