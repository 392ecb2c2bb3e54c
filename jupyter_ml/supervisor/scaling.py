# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Ask clusters for as many slots as there are jobs."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError, UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["Scaling"]

RETRY_S, PATIENCE_S = 2.0, 0.2

_log = logging.getLogger(__name__)


class Scaling:
    """The size of each cluster.

    Jobs stay in the queue until a node is there, so that their order can still change. A cluster removes idle nodes
    itself.

    Parameters
    ----------
    workspace, threads
        Whose jobs.
    on_change
        Called when a cluster has more or fewer slots than before.
    """

    def __init__(self, workspace: WorkspaceContext, threads: Threads, on_change: Callable[[], None]) -> None:
        self._store, self._threads, self._on_change = workspace.store.computes, threads, on_change
        self._notify = workspace.notify
        self._asking: dict[Compute, asyncio.Task[int]] = {}
        self._following: dict[str, tuple[Compute, asyncio.Task[None]]] = {}

    async def slots(self, compute: Compute) -> int:
        """Ask a cluster for as many slots as it has queued and running jobs, and return how many there are now.

        One that does not reply soon has none: jobs of other computes do not wait for it.
        """
        wanted = await self._threads.store(self._store.occupying, compute.name)
        asking = self._asking.pop(compute, None) or asyncio.create_task(compute.scale(wanted))
        await asyncio.wait([asking], timeout=PATIENCE_S)
        if not asking.done():
            self._asking[compute] = asking
            asking.add_done_callback(lambda _: self._on_change())
            return 0
        try:
            await asking
            ready = await compute.scale(wanted)  # it may have been asked for another number
        except (UnavailableError, OSError) as error:
            _log.warning("compute %s has no nodes: %s", compute.name, error)
            await self._threads.store(self._note, compute.name, str(error))
            asyncio.get_running_loop().call_later(RETRY_S, self._on_change)
            return 0
        known, following = self._following.get(compute.name, (None, None))
        if known is not compute or following is None or following.done():
            if known is not None and following is not None:
                following.cancel()
                await known.scale(0)  # it has other settings now
            self._following[compute.name] = compute, asyncio.create_task(self._follow(compute))
        return ready

    def close(self) -> None:
        """Follow no cluster any more; each keeps its nodes while they are in use."""
        for task in (*self._asking.values(), *(each for _, each in self._following.values())):
            task.cancel()

    async def _follow(self, compute: Compute) -> None:
        while True:
            message = await compute.resized()
            await self._threads.store(self._note, compute.name, message)
            self._on_change()

    def _note(self, name: str, message: str | None) -> None:
        """Store why nodes are missing, where clients see it."""
        with suppress(NotFoundError):
            found = self._store.get(name)
            if found.state is ComputeState.RUNNING and found.message != message:
                self._store.observe(name, ComputeState.RUNNING, message)
                self._notify()
