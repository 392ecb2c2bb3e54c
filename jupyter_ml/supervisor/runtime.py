# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run controllers: each brings what the workspace contains to the state that was requested, one key at a time."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ml.supervisor.workqueue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ml.schemas.resources import ResourceEvent

__all__ = ["Controller", "Runtime"]

_log = logging.getLogger(__name__)


class Controller(ABC):
    """Reconciles one kind of resource."""

    name: str
    """For the log."""

    @abstractmethod
    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return the keys that a change of the workspace concerns; called in the loop, so it must not block."""

    async def existing(self) -> Iterable[str]:
        """Return the keys of everything there is to do; called at the start, and from time to time."""
        return ()

    @abstractmethod
    async def reconcile(self, key: str) -> float | None:
        """Bring what the key names to its requested state, as far as that is possible now; safe to repeat.

        Returns
        -------
        float or None
            Seconds after which to look again; None for when it changes. After an exception it is tried again, later
            each time.
        """

    async def failed(self, key: str, error: Exception, retry_s: float) -> None:
        """Log why `reconcile` failed; a controller on which users wait stores it besides, where they can see it."""
        _log.error("%s: %s failed; it is tried again in %g s", self.name, key, retry_s, exc_info=error)


class Runtime:
    """Controllers, a queue and a worker for each.

    Attributes
    ----------
    queues : dict
        Of each controller.
    """

    def __init__(self, controllers: Sequence[Controller]) -> None:
        self.queues = {controller: WorkQueue() for controller in controllers}
        self._workers: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self) -> None:
        """Start a worker for each controller."""
        self._stopping = False
        self._workers = [
            asyncio.create_task(self._work(controller, queue), name=controller.name)
            for controller, queue in self.queues.items()
        ]

    async def add_existing(self) -> None:
        """Queue everything there is to do, except for what is queued already."""
        for controller, queue in self.queues.items():
            try:
                for key in await controller.existing():
                    if key not in queue:
                        queue.add(key)
            except Exception:
                _log.exception("%s: cannot be listed; this is tried again", controller.name)

    def handle(self, change: ResourceEvent) -> None:
        """Queue what a change concerns."""
        for controller, queue in self.queues.items():
            try:
                for key in controller.keys(change):
                    queue.add(key)
            except Exception:
                _log.exception("%s: %s of %s is ignored", controller.name, change.type, change.name)

    async def stop(self, timeout_s: float) -> None:
        """Begin nothing new, and wait so long for the end of what is worked on."""
        self._stopping = True
        busy = [worker for worker, queue in zip(self._workers, self.queues.values(), strict=True) if queue.working]
        for worker in self._workers:
            if worker not in busy:
                worker.cancel()
        if busy:
            await asyncio.wait(busy, timeout=timeout_s)
        for worker in self._workers:
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker

    async def _work(self, controller: Controller, queue: WorkQueue) -> None:
        while True:
            key = await queue.get()
            try:
                again_s = await controller.reconcile(key)
            except Exception as error:
                retry_s = queue.failed(key)
                await self._note(controller, key, error, retry_s)
            else:
                queue.done(key, again_s)
            if self._stopping:
                return

    async def _note(self, controller: Controller, key: str, error: Exception, retry_s: float) -> None:
        try:
            await controller.failed(key, error, retry_s)
        except Exception:
            _log.exception("%s: why %s failed could not be stored", controller.name, key)
