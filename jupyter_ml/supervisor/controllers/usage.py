# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Sample how busy the computes are that run."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError, NotFoundError
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.names import COMPUTE
from jupyter_ml.services.computes import usage_series
from jupyter_ml.services.usage_series import SAMPLE_S
from jupyter_ml.supervisor.runtime import Controller

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.attempts import Attempts
    from jupyter_ml.supervisor.computes import Computes
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["UsageController"]

_log = logging.getLogger(__name__)


class UsageController(Controller):
    """Samples computes; the key is a compute's name."""

    name = "usage"
    workers = 2  # one that does not answer does not delay all others

    def __init__(self, workspace: WorkspaceContext, threads: Threads, attempts: Attempts, computes: Computes) -> None:
        self._workspace, self._threads, self._attempts, self._computes = workspace, threads, attempts, computes

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return the compute that has changed."""
        return [change.name] if change.kind == COMPUTE.singular else []

    async def existing(self) -> Iterable[str]:
        """Return all computes."""
        return [info.name for info in await self._computes.list()]

    async def reconcile(self, key: str) -> float | None:
        """Add a sample if the compute runs."""
        try:
            info = await self._threads.store(self._workspace.store.computes.get, key)
        except NotFoundError:
            return None
        if info.state is not ComputeState.RUNNING:
            return None
        try:
            compute = self._computes.create(info)
            usage, kernels = await compute.usage(), await compute.programs()
        except (JupyterMLError, OSError) as error:  # whether it runs is found out elsewhere
            _log.debug("%s: not measured: %s", key, error)
            return SAMPLE_S
        series = usage_series(self._workspace, key)
        running = {"jobs": self._attempts.taken(key), "kernels": kernels}
        await self._threads.slow(lambda: series.add(time.time(), usage, **running))
        return SAMPLE_S
