# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy what the event log of an attempt contains into the database."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.clock import SteadyClock
from jupyter_ml.schemas.event_log import (
    DataRequested,
    Ended,
    ExecutorStarted,
    InputDelivered,
    KernelStarted,
    Sample,
    SecretRead,
    Warned,
)
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.results import JobResults
from jupyter_ml.store.attempts import AttemptProgress
from jupyter_ml.supervisor.clock import attempt_clock
from jupyter_ml.supervisor.progress import EVENTS, ProgressTracker

if TYPE_CHECKING:
    from pydantic import JsonValue

    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.named_data import DataResponses
    from jupyter_ml.supervisor.progress_writer import ProgressWriter
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["EventLogCopy"]

LITTLE_BYTES = 64 * 1024


class EventLogCopy:
    """The event log of one attempt, from its start or from where an earlier supervisor has read it to.

    Attributes
    ----------
    state : JobState
        Of the job.
    clock : SteadyClock or None
        The clock that the executor started.
    ended : Ended or None
        The event with which the executor ended.
    unsigned : bool
        Whether there is an end that the executor has not signed.
    read_at : float
        When the latest event was read, by the monotonic clock.
    """

    def __init__(
        self,
        workspace: WorkspaceContext,
        threads: Threads,
        progress_writer: ProgressWriter,
        job: Job,
        folder: AttemptFolder,
        *,
        responses: DataResponses,
    ) -> None:
        self._workspace, self._threads, self._progress_writer = workspace, threads, progress_writer
        self._responses = responses
        self._job, self._folder = job, folder
        self._store = workspace.store.jobs
        self._key = self._store.verifying_key(job.name)
        self._reader = EventLogReader(folder.event_log, self._store.offset(job.name), outputs=False, key=self._key)
        self._read_to = self._reader.offset
        self._usage = job.usage
        self._stored = AttemptProgress(
            name=job.name, attempt=job.attempt, offset=self._read_to, progress=job.progress, usage=job.usage
        )
        self._tracker = self._progress_so_far()
        self._seen: tuple[int, int] | None = None
        self.state = job.state
        self.clock = attempt_clock(folder)
        self.ended: Ended | None = None
        self.unsigned = False
        self.read_at = time.monotonic()

    def grown(self) -> bool:
        """Return whether the file has changed since the last call; this takes a few microseconds."""
        try:
            found = os.stat(self._reader.path)  # noqa: PTH116 -- several times as fast
        except OSError:
            seen = None
        else:
            seen = (found.st_ino, found.st_size)
        grown, self._seen = seen != self._seen, seen
        return grown

    async def read(self) -> bool:
        """Apply the events that were appended since the last call; return whether one was more than a measurement."""
        before, news = self._read_to, False
        for event, offset in await self._events():
            await self._apply(event)
            news |= not isinstance(event, Sample)
            if not isinstance(event, Ended):  # the next supervisor has to read that again
                self._read_to = offset
        if self._read_to != before:
            self.read_at = time.monotonic()
            if self.state is JobState.NOT_RESPONDING:
                await self.become(JobState.RUNNING)
            await self._store_progress()
        return news

    async def _events(self) -> list[tuple[AttemptEvent, int]]:
        """Read what was appended: in the loop where that is little, which takes less time than to wake a thread."""
        large = self._seen is None or not 0 <= self._seen[1] - self._reader.offset <= LITTLE_BYTES
        return await self._threads.store(list, self._reader) if large else list(self._reader)

    async def _store_progress(self) -> None:
        """Store how far the attempt is, unless only the offset is new: the log can be read again from the last one."""
        if self._tracker.unestimated:
            await self._threads.store(self._tracker.estimate)
        eta_at = self._tracker.eta_at(self.clock.time() if self.clock else time.time())
        reached = replace(
            self._stored, offset=self._read_to, progress=self._tracker.progress, eta_at=eta_at, usage=self._usage
        )
        if replace(reached, offset=self._stored.offset) != self._stored:
            self._stored = reached
            self._progress_writer.add(reached)

    def last_event(self) -> Ended | None:
        """Return how the executor ended, where it has logged that: the user's code can write into the file, too.

        The executor of an earlier version has not signed it. Then a job is at least not Completed within a cell.
        """
        if self._key is None:
            within_cell = self.ended and self.ended.state == "Completed" and self._stored.progress.cell is not None
            return None if within_cell else self.ended
        if self.ended is None:  # also where the event log was replaced by another one, at whatever position
            reader = EventLogReader(self._folder.event_log, only=("ended",), key=self._key)
            self.ended = next((event for event, _ in reader if isinstance(event, Ended)), None)
            self.unsigned = self._reader.unsigned or reader.unsigned
        return self.ended

    def duration_s(self) -> float:
        """Return the seconds from the first to the last event."""
        times = [event.time for event, _ in EventLogReader(self._folder.event_log, outputs=False)]
        return times[-1] - times[0] if times else 0.0

    async def become(self, state: JobState) -> None:
        """Put the job into another state."""
        self.state = state
        await self._threads.store(self._store.transition, self._job.name, state)
        self._workspace.notify()

    def _progress_so_far(self) -> ProgressTracker:
        """Return the progress up to where an earlier supervisor has read."""
        tracker = ProgressTracker(lambda: JobResults(self._workspace).duration_estimate(self._job.name))
        for event, offset in EventLogReader(self._folder.event_log, only=EVENTS):
            if offset > self._read_to:
                break
            tracker.add(event)
        return tracker

    async def _apply(self, event: AttemptEvent) -> None:
        self._tracker.add(event)
        if self._key is None and not isinstance(event, Ended):  # an executor that goes on has not ended
            self.ended = None
        match event:
            case ExecutorStarted():
                self.clock = self.clock or SteadyClock.resumed(event.time, event.clock)
            case KernelStarted():
                if self.state is JobState.PREPARING:
                    await self.become(JobState.RUNNING)
            case Sample():
                self._usage = event.usage
            case DataRequested():
                await self._responses.respond(event)
            case Ended():
                self.ended = event
            case _:
                await self._record(event)

    async def _record(self, event: AttemptEvent) -> None:
        """Store what an event reports that is neither a state nor progress."""
        match event:
            case Warned():
                await self._threads.store(self._store.add_warnings, self._job.name, [event.warning])
            case SecretRead():
                reader: dict[str, JsonValue] = {"job": self._job.name, "process": event.pid}
                record = self._workspace.store.datastores.record_read
                await self._threads.store(record, event.datastore, reader)
            case InputDelivered():
                await self._threads.store(self._store.set_input, self._job.name, event.name, _delivered(event))


def _delivered(event: InputDelivered) -> dict[str, Any]:
    return event.model_dump(include={"state", "detail", "files", "bytes", "cached"})
