# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run controllers: each brings what the workspace contains to the state that was requested, one key at a time."""

from __future__ import annotations

import asyncio
import logging
import math
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ml.supervisor.workqueue import WorkQueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ml.schemas.resources import ResourceEvent

__all__ = ["Controller", "Runtime"]

_log = logging.getLogger(__name__)

_FAILURES = (Exception, asyncio.CancelledError)
"""What a controller may raise without an end of its worker: see `_failure`."""


def _failure(error: BaseException) -> Exception:
    """Return what failed.

    A cancellation is a failure if it is that of a task or future that the current task has waited for. If the current
    task is itself to be canceled, it is raised again.
    """
    if isinstance(error, Exception):
        return error
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise error
    failed = RuntimeError("what it waited for was canceled")
    failed.__cause__ = error
    return failed


class Controller(ABC):
    """Reconciles one kind of resource."""

    name: str
    """For the log."""
    workers: int = 1
    """How many keys are worked on at the same time."""

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
    """Controllers, with a queue and its workers for each.

    Attributes
    ----------
    queues : dict
        Of each controller.
    """

    def __init__(self, controllers: Sequence[Controller]) -> None:
        self.queues = {controller: WorkQueue() for controller in controllers}
        self._workers: list[tuple[asyncio.Task[None], WorkQueue]] = []
        self._stopping = False

    def start(self) -> None:
        """Start the workers of each controller."""
        self._stopping = False
        self._workers = [
            (asyncio.create_task(self._work(controller, queue), name=controller.name), queue)
            for controller, queue in self.queues.items()
            for _ in range(controller.workers)
        ]

    async def add_existing(self) -> None:
        """Queue everything there is to do, except for what is queued already."""
        for controller, queue in self.queues.items():
            try:
                for key in await controller.existing():
                    if key not in queue:
                        queue.add(key)
            except _FAILURES as error:
                _log.error("%s: cannot be listed; this is tried again", controller.name, exc_info=_failure(error))

    def handle(self, change: ResourceEvent) -> None:
        """Queue what a change concerns."""
        for controller, queue in self.queues.items():
            try:
                for key in controller.keys(change):
                    queue.add(key)
            except _FAILURES as error:
                message = "%s: %s of %s is ignored"
                _log.error(message, controller.name, change.type, change.name, exc_info=_failure(error))

    async def stop(self, timeout_s: float) -> None:
        """Begin nothing new, and wait so long for the end of what is worked on."""
        self._stopping = True
        busy = {worker for worker, queue in self._workers if queue.working}
        workers = [worker for worker, _ in self._workers]
        for worker in workers:
            if worker not in busy:
                worker.cancel()
        if busy:
            await asyncio.wait(busy, timeout=timeout_s)
        for worker in workers:
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker

    async def _work(self, controller: Controller, queue: WorkQueue) -> None:
        while True:
            key = await queue.get()
            if self._stopping:  # a cancellation is lost at the moment at which a key comes
                return
            try:
                queue.done(key, _delay(await controller.reconcile(key)))
            except _FAILURES as error:
                await self._note(controller, key, _failure(error), queue.failed(key))
            if self._stopping:
                return

    async def _note(self, controller: Controller, key: str, error: Exception, retry_s: float) -> None:
        try:
            await controller.failed(key, error, retry_s)
        except _FAILURES as unstored:
            message = "%s: why %s failed could not be stored: %s"
            _log.error(message, controller.name, key, error, exc_info=_failure(unstored))


def _delay(seconds: object) -> float | None:
    """Return what `reconcile` returned; TypeError if that is neither None nor a time to wait."""
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        raise TypeError(f"reconcile returned {seconds!r}: it must be a number of seconds, or None")
    return seconds
