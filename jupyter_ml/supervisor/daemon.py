# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor of one workspace on one host: controllers that run while there is something to do."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import socket
import time
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from typing import TYPE_CHECKING

from jupyter_ml.errors import NewerDatabaseError
from jupyter_ml.schemas.requests import RequestKind
from jupyter_ml.store.events import PAGE
from jupyter_ml.store.notifications import notify
from jupyter_ml.supervisor.attempts import Attempts
from jupyter_ml.supervisor.computes import Computes
from jupyter_ml.supervisor.controllers.computes import ComputeController
from jupyter_ml.supervisor.controllers.deletes import DeleteController
from jupyter_ml.supervisor.controllers.imports import ImportController
from jupyter_ml.supervisor.controllers.jobs import QUEUE, JobController
from jupyter_ml.supervisor.controllers.logged import LoggedController
from jupyter_ml.supervisor.controllers.retention import RetentionController
from jupyter_ml.supervisor.controllers.run_changes import RunChangesController
from jupyter_ml.supervisor.controllers.usage import UsageController
from jupyter_ml.supervisor.runtime import Runtime
from jupyter_ml.supervisor.scaling import Scaling
from jupyter_ml.supervisor.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.store.notifications import Listener

__all__ = ["Daemon"]

POLL_S = 1.0
"""How long to wait for a notification before looking without one."""
SETTLE_S = 0.005
"""Notifications that arrive within this time are handled together."""
LIST_S = 60.0
"""How often everything is listed, in case that an event was missed."""
RETRY_DELAY_S = 2.0
"""How long not to adopt a job whose attempt raised an unforeseen exception (a full disk, for example)."""
HANDOVER_S = 10.0
"""How long attempts that are being prepared or finalized may delay the supervisor's end."""

_log = logging.getLogger(__name__)


class Daemon:
    """Owns queue and processes of one workspace on one host.

    Parameters
    ----------
    workspace
        Which.
    idle_exit_s
        Seconds without work after which `run` returns; None for never.
    """

    def __init__(self, workspace: WorkspaceContext, *, idle_exit_s: float | None) -> None:
        self.stopped, self._frozen = False, False
        self._workspace, self._idle_exit_s = workspace, idle_exit_s
        self._host, self._threads, self._changed = socket.gethostname(), Threads(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._version: Hashable = None
        self._attempts = Attempts(workspace, self._threads, self._attempt_ended)
        computes = Computes(workspace, self._threads)
        self._scaling = Scaling(workspace, self._threads, self._cluster_resized)
        self._jobs = JobController(
            workspace, self._threads, self._host, self._attempts, computes, scaling=self._scaling
        )
        self._computes = ComputeController(workspace, self._threads, computes)
        usage = UsageController(workspace, self._threads, self._attempts, computes)
        self._deletes = DeleteController(workspace, self._threads, self._host)
        self._imports = ImportController(workspace, self._threads)
        self._run_changes = RunChangesController(workspace, self._threads, self._host)
        self._logged = LoggedController(workspace, self._threads)
        retention = RetentionController(workspace, self._threads)
        records = [self._run_changes, self._logged, self._imports]
        self._runtime = Runtime([self._jobs, self._deletes, self._computes, *records, retention, usage])

    def stop(self) -> None:
        """Make `run` return soon, also from a signal handler; running jobs go on for the next supervisor."""
        self.stopped = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._changed.set)

    def pending(self) -> bool:
        """Return whether there is anything to do on this host; what has failed may wait, except jobs."""
        jobs, queues = self._workspace.store.jobs, self._runtime.queues
        deletes = {name for kind, name in jobs.requests(host=self._host) if kind is RequestKind.DELETE}
        changed = {*jobs.with_run_changes(host=self._host)}
        return (
            jobs.pending(host=self._host)
            or bool(deletes - queues[self._deletes].failing)
            or bool(changed - queues[self._run_changes].failing)
            or self._computes.pending(queues[self._computes].failing)
            or bool(jobs.not_logged(1) and not queues[self._logged].failing)
        )

    async def run(self, elected: Callable[[], bool]) -> None:
        """Serve until there is nothing to do, `stop` is called, or this supervisor is not `elected` any more."""
        self._loop = asyncio.get_running_loop()
        with self._workspace.listen() as listener, self._other_hosts():
            self._loop.add_reader(listener.fileno(), self._notified, listener)
            try:
                self._runtime.start()
                await self._serve(elected)
                await self._hand_over()
            finally:
                self._scaling.close()
                self._loop.remove_reader(listener.fileno())

    def close(self) -> None:
        """End the threads."""
        self._threads.close()

    def _notified(self, listener: Listener) -> None:
        listener.clear()
        self._changed.set()

    def _other_hosts(self) -> AbstractContextManager[object]:
        """Notify our own listener when another host notifies."""
        store = self._workspace.store
        if not store.shared:
            return nullcontext()
        return closing(store.listen(lambda: notify(self._workspace.layout.folder)))

    async def _serve(self, elected: Callable[[], bool]) -> None:
        sequence: int | None = None
        listed_at, busy_at = -math.inf, time.monotonic()
        while not self.stopped:
            if not elected():
                _log.warning("the lock file was removed or replaced: another supervisor may run, so this one ends")
                return
            try:
                if sequence is None:
                    sequence = await self._threads.store(self._workspace.store.events.last)
                sequence = await self._handle_changes(sequence)
                if time.monotonic() - listed_at >= LIST_S:
                    await self._threads.store(self._workspace.store.require_current)
                    await self._runtime.add_existing()
                    listed_at = time.monotonic()
                if self._busy():
                    busy_at = time.monotonic()
                elif self._idle_exit_s is not None and time.monotonic() - busy_at > self._idle_exit_s:
                    if not await self._threads.store(self.pending):
                        return
                    busy_at = time.monotonic()
            except NewerDatabaseError as error:  # jobs continue, and the next supervisor adopts them
                _log.error("%s", error)
                self.stopped = True
                return
            except Exception:
                _log.exception("a round failed; trying again")
                busy_at = time.monotonic()
            await self._notification()

    async def _handle_changes(self, sequence: int) -> int:
        version = self._workspace.store.version()
        if version is not None and version == self._version:
            return sequence
        self._version = None  # until everything is read
        more = True
        while more:
            events = await self._threads.store(self._workspace.store.events.since, sequence)
            for event in events:
                self._runtime.handle(event)
                sequence = event.sequence
            more = len(events) == PAGE
        self._version = version
        return sequence

    async def _notification(self) -> None:
        """Wait for a notification; those that arrive together are handled together."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), POLL_S)
            await asyncio.sleep(SETTLE_S)
        self._changed.clear()

    def _busy(self) -> bool:
        """Return whether anything is going on that a user waits for."""
        queues = self._runtime.queues
        return len(self._attempts) > 0 or any(queues[each].working for each in (self._deletes, self._computes))

    def _attempt_ended(self, name: str, again: bool) -> None:
        if not self._frozen:  # all modules are loaded by now, and a collection of all that takes 0.2 s
            gc.freeze()
            self._frozen = True
        queue = self._runtime.queues[self._jobs]
        queue.add(QUEUE)
        if again:
            queue.add(name, RETRY_DELAY_S)

    def _cluster_resized(self) -> None:
        self._runtime.queues[self._jobs].add(QUEUE)

    async def _hand_over(self) -> None:
        deadline = time.monotonic() + HANDOVER_S
        await asyncio.gather(self._attempts.hand_over(HANDOVER_S), self._runtime.stop(HANDOVER_S))
        with suppress(TimeoutError, NewerDatabaseError):
            left_s = max(0.0, deadline - time.monotonic())
            await asyncio.wait_for(self._threads.slow(self._imports.finish), left_s)
