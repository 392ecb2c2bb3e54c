# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Bring computes to the state that is requested of them, and see in which state they are."""

from __future__ import annotations

import math
import shutil
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, NotFoundError, UnavailableError
from jupyter_ml.schemas.compute_states import ComputeAction, ComputeState
from jupyter_ml.schemas.computes import FAILURE_EVENT
from jupyter_ml.schemas.names import COMPUTE
from jupyter_ml.supervisor.runtime import Controller

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.compute_states import ComputeRequest
    from jupyter_ml.schemas.computes import ComputeInfo
    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.computes import Computes
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["ComputeController"]

DONE = {ComputeAction.START: "started", ComputeAction.STOP: "stopped"}
OBSERVE_S = 10.0
"""How often a compute that runs, or may run again, is looked at."""


class ComputeController(Controller):
    """Carries out what is requested of computes; the key is a compute's name.

    Every step may be repeated: a supervisor that is killed in the middle leaves the request, and the next one begins
    again.
    """

    name = "computes"
    workers = 4  # an image that is pulled does not delay others

    def __init__(self, workspace: WorkspaceContext, threads: Threads, computes: Computes) -> None:
        self._workspace, self._threads, self._computes = workspace, threads, computes
        self._store = workspace.store.computes
        self._used_at: dict[str, datetime] = {}

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return the compute that has changed; not where a request has failed, which has its time to be repeated."""
        failed = f"{COMPUTE.singular}_{FAILURE_EVENT}"
        return [change.name] if change.kind == COMPUTE.singular and change.type != failed else []

    async def existing(self) -> Iterable[str]:
        """Return all computes."""
        return [info.name for info in await self._computes.list()]

    def pending(self, failing: Collection[str]) -> bool:
        """Return whether a request is to be carried out, or a compute is to be started or stopped by itself.

        Parameters
        ----------
        failing
            Computes whose requests may wait.
        """
        return any(
            (info.request is not None and info.name not in failing) or self._changes_by_itself(info)
            for info in self._store.all()
        )

    async def reconcile(self, key: str) -> float | None:
        """Carry out a request, or look at the state of the compute."""
        try:
            info = await self._threads.store(self._store.get, key)
        except NotFoundError:
            return None
        compute = self._computes.create(info)
        if await self._follow_schedules(info, compute):
            return None
        if info.request is not None:
            await self._carry_out(info, info.request, compute)
            return None
        if not compute.capabilities.changes:
            return None
        return self._until_scheduled(compute, await self._look(info, compute))

    async def failed(self, key: str, error: Exception, retry_s: float) -> None:
        """Store why a request failed, or why the state of the compute is unknown."""
        await super().failed(key, error, retry_s)
        await self._threads.store(self._note, key, f"{error or type(error).__name__}", retry_s)

    def _note(self, name: str, error: str, retry_s: float) -> None:
        with suppress(NotFoundError):
            info = self._store.get(name)
            if info.request is not None:
                retry_at = self._workspace.clock() + timedelta(seconds=retry_s)
                self._store.request_failed(name, info.request, error, retry_at)
            elif info.state is not ComputeState.STOPPED:  # which it stays
                self._store.observe(name, ComputeState.FAILED, error)
            self._workspace.notify()

    async def _carry_out(self, info: ComputeInfo, request: ComputeRequest, compute: Compute) -> None:
        if request.action is ComputeAction.DELETE:
            if compute.capabilities.changes:
                await compute.delete()
            directory = self._workspace.layout.compute(info.name)  # with its usage, too, which another one must not get
            await self._threads.slow(lambda: shutil.rmtree(directory, ignore_errors=True))
            await self._threads.store(self._store.deleted, info.name)
            self._workspace.notify()
            return
        if request.action in (ComputeAction.CREATE, ComputeAction.START):
            await compute.create()
            await compute.start()
        elif request.action is ComputeAction.RESTART:
            await compute.restart()
        else:
            await compute.stop()
        self._used_at.pop(info.name, None)
        state, message = await self._seen(compute, stopped=request.action is ComputeAction.STOP)
        message = message if state is ComputeState.FAILED else request.reason
        await self._threads.store(self._store.observe, info.name, state, message, carried_out=request)
        self._workspace.notify()

    async def _look(self, info: ComputeInfo, compute: Compute) -> float | None:
        state, message = await self._seen(compute, stopped=info.state is ComputeState.STOPPED)
        explains = state is ComputeState.FAILED and compute.capabilities.stops and message != info.message
        if state is not info.state or explains:  # other than the error of an engine that is there again
            await self._threads.store(self._store.observe, info.name, state, message)
            self._workspace.notify()
            return None
        if state is not ComputeState.RUNNING:
            return OBSERVE_S if compute.capabilities.attached else None  # its machine may be reached again
        if (limit_s := compute.idle_shutdown_s) is not None:
            idle_s = await self._idle_s(info, compute)
            if idle_s >= limit_s:
                reason = f"stopped after {limit_s / 60:g} minutes without work"
                await self._threads.store(self._request, info.name, ComputeAction.STOP, reason)
                return None
            return min(OBSERVE_S, limit_s - idle_s)
        return OBSERVE_S

    async def _seen(self, compute: Compute, *, stopped: bool) -> tuple[ComputeState, str | None]:
        """Return the state of a compute, and why it has failed: also one that stops unless it is to be `stopped`."""
        state = await compute.state()
        if state is ComputeState.RUNNING or (state is ComputeState.STOPPED and stopped):
            return state, None
        why = await compute.problem()
        if compute.capabilities.stops:
            why = f"{why or 'it has ended by itself'}; start it by: jupyter ml compute start {compute.name}"
        return ComputeState.FAILED, why

    async def _idle_s(self, info: ComputeInfo, compute: Compute) -> float:
        """Return for how long neither a job nor another program has run on a compute."""
        at = self._workspace.clock()
        if await self._threads.store(self._store.occupying, info.name) or await compute.programs():
            self._used_at[info.name] = at
            return 0.0
        last_job_at = await self._threads.store(self._store.last_job_at, info.name)
        used = [each for each in (info.changed_at, last_job_at, self._used_at.get(info.name)) if each is not None]
        return (at - max(used)).total_seconds() if used else 0.0

    def _request(self, name: str, action: ComputeAction, reason: str) -> bool:
        """Request something that no user has requested, and return whether that is possible: no stop under a job."""
        try:
            self._store.request(name, action, idle=action is ComputeAction.STOP, reason=reason)
        except (ConflictError, NotFoundError):
            return False
        self._workspace.notify()
        return True

    async def _follow_schedules(self, info: ComputeInfo, compute: Compute) -> bool:
        """Request what is due by the schedules of a compute, and return whether that was; a stop waits for kernels."""
        action = self._scheduled(info, compute)
        if action is None:
            return False
        if action is ComputeAction.STOP and info.request is None and await compute.programs():
            return False
        return await self._threads.store(self._request, info.name, action, f"{DONE[action]} by its schedule")

    def _scheduled(self, info: ComputeInfo, compute: Compute) -> ComputeAction | None:
        """Return what is due by the schedules of a compute, unless it is requested, or something was since then."""
        found = compute.schedules.latest(self._workspace.clock())
        if found is None or info.schedules_from is None or found[0] <= info.schedules_from:
            return None
        if info.request is not None and info.request.action is ComputeAction.DELETE:
            return None
        runs = (
            info.state is ComputeState.RUNNING
            if info.request is None
            else info.request.action is not ComputeAction.STOP
        )
        action = ComputeAction(found[1])
        return None if runs is (action is ComputeAction.START) else action

    def _until_scheduled(self, compute: Compute, delay_s: float | None) -> float | None:
        """Return after how long to look again: `delay_s`, or earlier if something is due by then."""
        at = self._workspace.clock()
        following = compute.schedules.following(at)
        if following is None:
            return delay_s
        return min((following - at).total_seconds(), math.inf if delay_s is None else delay_s)

    def _changes_by_itself(self, info: ComputeInfo) -> bool:
        """Return whether the supervisor stays to stop a compute that is idle, or to follow its schedules."""
        try:
            compute = self._computes.create(info)
        except UnavailableError:
            return False
        is_idle_soon = info.request is None and info.state is ComputeState.RUNNING
        return (is_idle_soon and compute.idle_shutdown_s is not None) or (
            compute.schedules.following(self._workspace.clock()) is not None
        )
