# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The computes of a workspace, as instances that can start processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_ml.schemas.admission import Capacity
from jupyter_ml.services.computes import open_compute

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.computes import ComputeInfo
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["Computes"]

_USABLE = 0.9
"""The part of the memory that jobs are given: the rest is for what cannot be foreseen."""


class Computes:
    """Computes by name, created again when their type or their settings change."""

    def __init__(self, workspace: WorkspaceContext, threads: Threads) -> None:
        self._workspace, self._threads = workspace, threads
        self._default_slots = workspace.settings.local.max_concurrent or _cores()
        self._created: dict[str, tuple[object, Compute]] = {}

    async def list(self) -> list[ComputeInfo]:
        """Return what all computes are."""
        return await self._threads.store(self._workspace.store.computes.all)

    def slots(self, info: ComputeInfo) -> int:
        """Return how many jobs run on a compute at the same time; UnavailableError as for `create`."""
        return info.slots or self.create(info).most_jobs or self._default_slots

    def capacity(self, info: ComputeInfo) -> Capacity:
        """Return what its jobs share; this may take a moment."""
        compute = self.create(info)
        limit = compute.memory_limit() if self._workspace.settings.local.wait_for_memory else None
        memory = None if limit is None else int(limit * _USABLE)
        return Capacity(self.slots(info), memory, compute.gpus())

    async def get(self, name: str) -> Compute:
        """Return the compute of this name; NotFoundError when there is none."""
        return self.create(await self._threads.store(self._workspace.store.computes.get, name))

    def create(self, info: ComputeInfo) -> Compute:
        """Return the compute that starts programs; UnavailableError as for `registry.create`."""
        configured, known = (info.type, info.settings), self._created.get(info.name)
        if known is None or known[0] != configured:
            known = self._created[info.name] = configured, open_compute(self._workspace, info)
        return known[1]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux, where a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
