# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start queued jobs where a slot is free, adopt running ones, and cancel."""

from __future__ import annotations

import logging
from secrets import token_hex
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.names import COMPUTE
from jupyter_ml.schemas.outcomes import CANCELED
from jupyter_ml.schemas.requests import RequestKind
from jupyter_ml.schemas.states import ACTIVE, JobState
from jupyter_ml.supervisor.controllers.requests import note_failure
from jupyter_ml.supervisor.runtime import Controller

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.schemas.computes import ComputeInfo
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.attempts import Attempts
    from jupyter_ml.supervisor.computes import Computes
    from jupyter_ml.supervisor.scaling import Scaling
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["QUEUE", "JobController"]

QUEUE = "/queue"
"""The key of the queue; all others are names of jobs, which have no slash."""

_log = logging.getLogger(__name__)


class JobController(Controller):
    """Claims and adopts jobs. There is one worker for all keys, so no job is adopted while it is being claimed.

    Parameters
    ----------
    workspace, threads
        Whose jobs.
    host
        This one.
    attempts
        Those that run.
    computes
        Where they run.
    scaling
        Asks clusters for slots.
    """

    name = "jobs"

    def __init__(
        self,
        workspace: WorkspaceContext,
        threads: Threads,
        host: str,
        attempts: Attempts,
        computes: Computes,
        *,
        scaling: Scaling,
    ) -> None:
        self._workspace, self._threads, self._host = workspace, threads, host
        self._attempts, self._computes, self._scaling = attempts, computes, scaling
        self._store = workspace.store.jobs
        self._unusable: set[str] = set()

    def keys(self, change: ResourceEvent) -> Iterable[str]:
        """Return the queue where a job has entered it or a compute has changed, and the job where it has to act on."""
        if change.kind != "job":
            return [QUEUE] if change.kind == COMPUTE.singular else []
        if change.type == "job_cancel_requested":
            return [change.name]
        state = change.data.get("state")
        if state == JobState.QUEUED:
            return [QUEUE]
        return [change.name] if state in ACTIVE and change.name not in self._attempts else []

    async def existing(self) -> Iterable[str]:
        """Return the queue, the jobs that run on this host, and those that are to be canceled."""
        active = await self._threads.store(self._store.active, host=self._host)
        requests = await self._threads.store(self._store.requests, host=self._host)
        canceled = [name for kind, name in requests if kind is RequestKind.CANCEL]
        return [QUEUE, *(job.name for job in active if job.name not in self._attempts), *canceled]

    async def reconcile(self, key: str) -> None:
        """Fill the free slots, or adopt or cancel a job."""
        if key == QUEUE:
            await self._claim()
            return
        job = await self._threads.store(self._store.on_host, key, host=self._host)
        if job is None:
            return
        attempt = self._attempts.get(key)
        if attempt is not None:
            if job.cancel_requested_at is not None:
                attempt.cancellation.cancel()
        elif job.state in ACTIVE:
            compute = await self._computes.get(job.compute or "local")
            self._attempts.start(compute, job, token=token_hex(8), adopted=True)
        elif job.state is JobState.QUEUED and job.cancel_requested_at is not None:
            await self._threads.store(self._cancel, key)
            await self._claim()  # a cluster may be larger than it needs to be

    async def failed(self, key: str, error: Exception, retry_s: float) -> None:
        """Store why a job could not be canceled."""
        await super().failed(key, error, retry_s)
        await self._threads.store(note_failure, self._workspace, key, error, retry_s)

    def _cancel(self, name: str) -> None:
        self._store.transition(name, JobState.CANCELED, cause=CANCELED.cause)
        self._workspace.job_secrets.delete(name)
        self._workspace.notify()

    async def _claim(self) -> None:
        for info in await self._computes.list():
            name = info.name
            if info.state is not ComputeState.RUNNING:
                continue
            try:
                compute = self._computes.create(info)
            except UnavailableError as error:  # its jobs wait; those of other computes run
                if name not in self._unusable:
                    _log.warning("%s", error)
                self._unusable.add(name)
                continue
            slots = self._computes.slots(info)
            if compute.capabilities.scales:
                slots = min(slots, await self._scaling.slots(compute))
            if (free := slots - self._attempts.taken(name)) <= 0:
                continue
            token = token_hex(8)
            for job in await self._threads.store(self._claimed, info, free, token):
                self._attempts.start(compute, job, token=token, adopted=False)

    def _claimed(self, info: ComputeInfo, limit: int, token: str) -> list[Job]:
        capacity = self._computes.capacity(info)
        return self._store.claim(host=self._host, compute=info.name, limit=limit, capacity=capacity, token=token)
