# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Watch an attempt until it ends, and pass cancel requests and limits on to its executor."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

from jupyter_ml.compute.following import Interval
from jupyter_ml.compute.process import Exit
from jupyter_ml.eventlog.writer import has_writer
from jupyter_ml.schemas.outcomes import CANCELED, Outcome, timed_out
from jupyter_ml.schemas.states import JobState
from jupyter_ml.supervisor.cancellation import DetachedError
from jupyter_ml.supervisor.event_log import EventLogCopy
from jupyter_ml.supervisor.metrics import MetricsCopy
from jupyter_ml.supervisor.named_data import DataResponses
from jupyter_ml.supervisor.outcome import DAMAGED, SIGNALED, vanished

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from jupyter_ml.compute.process import Process
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.cancellation import CancellationToken
    from jupyter_ml.supervisor.mirroring import Mirror
    from jupyter_ml.supervisor.node_log import NodeLog
    from jupyter_ml.supervisor.progress_writer import ProgressWriter
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["watch"]

CANCEL_GRACE_S = 1.5
"""From the cancel request to the kill; the executor needs a second to interrupt the kernel."""
TIMEOUT_GRACE_S = 1.5
"""The executor watches the time itself; this is for one that hangs."""
SILENCE_S = 30.0
"""An executor logs an event every second: after this time without one, the job is NotResponding."""


async def watch(
    workspace: WorkspaceContext,
    threads: Threads,
    job: Job,
    folder: AttemptFolder,
    process: Process | None,
    *,
    mirror: Mirror,
    others: Sequence[NodeLog],
    progress_writer: ProgressWriter,
    kill: Callable[[], Awaitable[None]],
    cancellation: CancellationToken,
) -> Outcome:
    """Follow an attempt and return how it ended.

    It wakes when the process ends, when the job is canceled, and to look whether the event log has grown.

    Parameters
    ----------
    workspace, threads, job, folder
        What to watch.
    process
        Its executor, or those of several nodes; None when that has ended and only its event log is left.
    mirror
        Keeps its directory like that on its compute.
    others
        The event logs of the executors on further nodes.
    progress_writer
        Stores how far it is.
    kill
        Ends everything that belongs to the attempt.
    cancellation
        Of the attempt.

    Raises
    ------
    DetachedError
        When the supervisor ends first.
    """
    responses = DataResponses(workspace, threads, job, folder, mirror)
    log = await threads.store(EventLogCopy, workspace, threads, progress_writer, job, folder, responses=responses)
    shared = not mirror.needed and not others
    watch = _Watch(workspace, threads, job, folder, log=log, cancellation=cancellation, shared=shared)
    try:
        if process is not None:
            async with mirror.followed(process, cancellation.wake), AsyncExitStack() as stack:
                for each in others:
                    await stack.enter_async_context(each.followed())
                await watch.run(process, kill)
        if mirror.needed:
            await kill()  # nothing is to change while it is fetched
            await asyncio.gather(mirror.fetch(), *(each.fetch() for each in others))
        return await watch.outcome(process)
    finally:
        await progress_writer.flush(job.name)


class _Watch:
    """One attempt that is watched."""

    def __init__(
        self,
        workspace: WorkspaceContext,
        threads: Threads,
        job: Job,
        folder: AttemptFolder,
        *,
        log: EventLogCopy,
        cancellation: CancellationToken,
        shared: bool,
    ) -> None:
        self._workspace, self._threads, self._job, self._folder = workspace, threads, job, folder
        self._shared = shared
        self._log, self._cancellation = log, cancellation
        self._metrics = MetricsCopy(workspace, threads, job, folder)
        self._timeout_s = job.spec.limits.timeout if job.spec else None
        self._too_late = False

    async def run(self, process: Process, kill: Callable[[], Awaitable[None]]) -> None:
        """Return when the attempt has ended."""
        ended, interval, kill_at = asyncio.ensure_future(process.wait()), Interval(), None
        ended.add_done_callback(lambda _: self._cancellation.wake())
        try:
            while not ended.done():
                news = self._log.grown() and await self._log.read()
                if self._shared and self._log.ended and not has_writer(self._folder.event_log):
                    return
                if self._cancellation.detached:
                    raise DetachedError
                kill_at = kill_at or await self._limit(process)
                if kill_at is not None and time.monotonic() > kill_at:
                    await kill()
                await self._note_silence()
                await self._metrics.tick()
                await self._cancellation.pause(interval.next(grown=news))
            ended.result()
        finally:
            ended.cancel()

    async def _limit(self, process: Process) -> float | None:
        """Pass a cancel request or a timeout on, and return when to kill the executor."""
        if self._cancellation.canceled:
            await self._log.become(JobState.CANCEL_REQUESTED)
            await process.signal(signal.SIGTERM if self._job.supervised else signal.SIGINT)
            return time.monotonic() + CANCEL_GRACE_S
        clock = self._log.clock
        if clock and self._timeout_s and clock.elapsed() > self._timeout_s + TIMEOUT_GRACE_S:
            self._too_late = True
            return time.monotonic()
        return None

    async def _note_silence(self) -> None:
        if time.monotonic() - self._log.read_at > SILENCE_S and self._log.state is JobState.RUNNING:
            await self._log.become(JobState.NOT_RESPONDING)

    async def outcome(self, process: Process | None) -> Outcome:
        """Read the rest of the event log and return how the attempt ended."""
        self._log.grown()
        await self._log.read()
        return await self._threads.store(self._outcome, process)

    def _outcome(self, process: Process | None) -> Outcome:
        ended = self._log.last_event()
        if ended is None:
            return self._outcome_without_event(process)
        if ended.damaged:
            self._workspace.store.jobs.add_warnings(self._job.name, [DAMAGED])
        outcome = Outcome(JobState(ended.state), ended.cause, ended.time)
        if outcome.state is JobState.CANCELED and self._job.supervised and not self._cancellation.canceled:
            with suppress(OSError):  # it is written again, without the executor's outcome
                self._folder.output.unlink()
            return SIGNALED
        return outcome

    def _outcome_without_event(self, process: Process | None) -> Outcome:
        """Return how an attempt ended whose executor has not logged its end."""
        if self._cancellation.canceled:
            return CANCELED
        if self._timeout_s and (self._too_late or self._log.duration_s() > self._timeout_s):
            return timed_out(self._timeout_s)
        return vanished(
            self._folder,
            (process and process.exit) or Exit(lost="there is no process"),
            started=self._log.clock is not None or self._log.state is not JobState.PREPARING,
            forged=self._log.unsigned,
        )
