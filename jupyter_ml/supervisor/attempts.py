# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The attempts that this supervisor runs, each a task of its loop."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.services.tracking_server import tracking_server
from jupyter_ml.supervisor.attempt import Attempt
from jupyter_ml.supervisor.attempt_nodes import nodes_of
from jupyter_ml.supervisor.progress_writer import ProgressWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["Attempts"]

_log = logging.getLogger(__name__)


class Attempts:
    """Running attempts by the name of their job.

    Parameters
    ----------
    workspace, threads
        What they work on.
    on_end
        Called with the name of the job when an attempt has ended, and whether it has to be adopted again.
    """

    def __init__(self, workspace: WorkspaceContext, threads: Threads, on_end: Callable[[str, bool], None]) -> None:
        self._workspace, self._threads, self._on_end = workspace, threads, on_end
        self._progress_writer = ProgressWriter(workspace, threads)
        self._tracking_server = tracking_server(workspace)
        self._open = True
        self._running: dict[str, tuple[Attempt, asyncio.Task[bool]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._running

    def __len__(self) -> int:
        return len(self._running)

    def get(self, name: str) -> Attempt | None:
        """Return the attempt of a job, if one runs."""
        found = self._running.get(name)
        return found[0] if found else None

    def taken(self, compute: str) -> int:
        """Return how many slots of a compute are taken, one for each node; a job that papermill runs takes none."""
        jobs = [attempt.job for attempt, _ in self._running.values()]
        return sum(nodes_of(job) for job in jobs if job.supervised and job.compute == compute)

    def start(self, compute: Compute, job: Job, *, token: str, adopted: bool) -> None:
        """Start a task for an attempt; after `hand_over` the next supervisor does that."""
        if not self._open:
            return
        given = self._workspace, self._threads, self._progress_writer, compute, job
        attempt = Attempt(*given, tracking_server=self._tracking_server, token=token, adopted=adopted)
        if job.cancel_requested_at is not None:
            attempt.cancellation.cancel()
        task = asyncio.create_task(attempt.run(), name=job.name)
        self._running[job.name] = (attempt, task)
        task.add_done_callback(partial(self._ended, job.name))

    async def hand_over(self, timeout_s: float) -> None:
        """Leave all attempts to the next supervisor; wait so long for those that cannot be left just now."""
        self._open = False
        tasks = [task for _, task in self._running.values()]
        for attempt, _ in self._running.values():
            attempt.cancellation.detach()
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)
        await asyncio.to_thread(self._tracking_server.stop)
        self._open = True

    def _ended(self, name: str, task: asyncio.Task[bool]) -> None:
        running = self._running.get(name)
        if running and running[1] is task:  # else the next attempt has begun: the job was queued before this one ended
            del self._running[name]
        if (
            task.cancelled() and not task.cancelling()
        ):  # what it waited for was canceled; at the end, the task itself is
            _log.error("%s: what its attempt waited for was canceled; it is adopted again", name)
        self._on_end(name, name not in self._running and (task.cancelled() or not task.result()))
