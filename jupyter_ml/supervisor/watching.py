# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Following an attempt: its event log into the database, wishes and limits to its executor."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from jupyter_ml.compute.base import UNKNOWN_EXIT
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.writer import has_writer
from jupyter_ml.schemas.clock import SteadyClock
from jupyter_ml.schemas.event_log import Ended, ExecutorStarted, KernelStarted, Sample, Warned
from jupyter_ml.schemas.outcomes import CANCELED, Outcome, timed_out
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.results import JobResults
from jupyter_ml.supervisor.claiming import DetachedError
from jupyter_ml.supervisor.clock import attempt_clock
from jupyter_ml.supervisor.metrics import MetricsCopy
from jupyter_ml.supervisor.outcome import DAMAGED, vanished
from jupyter_ml.supervisor.progress import EVENTS, ProgressTracker

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from jupyter_ml.compute.base import Process
    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Watch"]

TICK_S = 0.05
CANCEL_GRACE_S = 1.5
"""From the wish to the kill; the executor needs a second to interrupt the kernel."""
TIMEOUT_GRACE_S = 1.5
"""The executor watches the time itself; this is for one that hangs."""
SILENCE_S = 30.0
"""An executor says something every second: after this, the job is NotResponding."""


class Watch:
    """One attempt, from its start, or from where an earlier supervisor left off, to its end.

    Parameters
    ----------
    workspace, job, folder
        What to watch.
    process
        Its executor; None when that is gone and only its event log is left.
    kill
        Ends everything that belongs to the attempt.
    cancel
        Set when somebody wants the job to end.
    detach
        Set when the supervisor itself has to go.
    """

    def __init__(
        self,
        workspace: WorkspaceContext,
        job: Job,
        folder: AttemptFolder,
        process: Process | None,
        *,
        kill: Callable[[], None],
        cancel: threading.Event,
        detach: threading.Event,
    ) -> None:
        self._workspace, self._job, self._folder, self._process = workspace, job, folder, process
        self._kill, self._cancel, self._detach = kill, cancel, detach
        self._store = workspace.store.jobs
        self._key = self._store.verifying_key(job.name)
        self._event_log = EventLogReader(folder.event_log, self._store.offset(job.name), outputs=False, key=self._key)
        self._read_to = self._event_log.offset
        self._state, self._usage = job.state, job.usage
        self._progress, self._cell = self._progress_so_far(), job.progress.cell
        self._timeout_s = job.spec.limits.timeout if job.spec else None
        self._clock = attempt_clock(folder)
        self._too_late = False
        self._heard = time.monotonic()
        self._metrics = MetricsCopy(workspace, job, folder)
        self._ended: Ended | None = None
        self._forged = False

    def run(self) -> Outcome:
        """Follow the attempt and return how it ended.

        Raises
        ------
        DetachedError
            When `detach` was set first.
        """
        kill_at: float | None = None
        while self._process is not None and self._process.wait(TICK_S) is None:
            self._drain()
            if self._ended and not has_writer(self._folder.event_log):
                break
            if self._detach.is_set():
                raise DetachedError
            kill_at = kill_at or self._limit(self._process)
            if kill_at is not None and time.monotonic() > kill_at:
                self._kill()
            self._note_silence()
            self._metrics.tick()
        self._drain()
        ended = self._last_word()
        if ended is None:
            return self._why_gone()
        if ended.damaged:
            self._store.add_warnings(self._job.name, [DAMAGED])
        return Outcome(JobState(ended.state), ended.cause)

    def _last_word(self) -> Ended | None:
        """Return how the executor ended, as it has said itself: the user's code can write into the event log, too.

        The executor of an earlier version has not signed it. Then a job is at least not Completed within a cell.
        """
        if self._key is None:
            claimed = self._ended and self._ended.state == "Completed" and self._cell is not None
            return None if claimed else self._ended
        if self._ended is None:  # also where the event log was replaced by another one, in whatever place
            again = EventLogReader(self._folder.event_log, only=("ended",), key=self._key)
            self._ended = next((event for event, _ in again if isinstance(event, Ended)), None)
            self._forged = self._event_log.unsigned or again.unsigned
        return self._ended

    def _limit(self, process: Process) -> float | None:
        """Pass a cancel or a timeout on, and return when patience ends."""
        if self._cancel.is_set():
            self._become(JobState.CANCEL_REQUESTED)
            process.signal(signal.SIGTERM if self._job.supervised else signal.SIGINT)
            return time.monotonic() + CANCEL_GRACE_S
        if self._clock and self._timeout_s and self._clock.elapsed() > self._timeout_s + TIMEOUT_GRACE_S:
            self._too_late = True
            return time.monotonic()
        return None

    def _why_gone(self) -> Outcome:
        """Return how an attempt ended whose executor did not tell."""
        if self._cancel.is_set():
            return CANCELED
        if self._timeout_s and (self._too_late or self._lived_s() > self._timeout_s):
            return timed_out(self._timeout_s)
        code = self._process.poll() if self._process else None
        return vanished(
            self._folder,
            UNKNOWN_EXIT if code is None else code,
            started=self._clock is not None or self._state is not JobState.PREPARING,
            forged=self._forged,
        )

    def _lived_s(self) -> float:
        """Return the seconds from the first to the last word of the executor."""
        times = [event.time for event, _ in EventLogReader(self._folder.event_log, outputs=False)]
        return times[-1] - times[0] if times else 0.0

    def _note_silence(self) -> None:
        if time.monotonic() - self._heard > SILENCE_S and self._state is JobState.RUNNING:
            self._become(JobState.NOT_RESPONDING)

    def _progress_so_far(self) -> ProgressTracker:
        """Return the progress up to where an earlier supervisor left off."""
        tracker = ProgressTracker(lambda: JobResults(self._workspace).expected(self._job.name))
        for event, offset in EventLogReader(self._folder.event_log, only=EVENTS):
            if offset > self._read_to:
                break
            tracker.add(event)
        return tracker

    def _drain(self) -> None:
        before = self._read_to
        for event, offset in self._event_log:
            self._apply(event)
            if not isinstance(event, Ended):  # whoever takes over from here on has to read that again
                self._read_to = offset
        if self._read_to == before:
            return
        self._heard = time.monotonic()
        if self._state is JobState.NOT_RESPONDING:
            self._become(JobState.RUNNING)
        progress = self._progress.at(self._clock.time() if self._clock else time.time())
        self._store.advance(self._job.name, offset=self._read_to, progress=progress, usage=self._usage)
        if progress.cell != self._cell:
            self._cell = progress.cell
            self._workspace.notify()

    def _apply(self, event: AttemptEvent) -> None:
        self._progress.add(event)
        if self._key is None and not isinstance(event, Ended):  # whoever goes on has not ended
            self._ended = None
        match event:
            case ExecutorStarted():
                self._clock = self._clock or SteadyClock.resumed(event.time, event.clock)
            case KernelStarted():
                if self._state is JobState.PREPARING:
                    self._become(JobState.RUNNING)
            case Sample():
                self._usage = event.usage
            case Warned():
                self._store.add_warnings(self._job.name, [event.warning])
            case Ended():
                self._ended = event

    def _become(self, state: JobState) -> None:
        self._state = state
        self._store.transition(self._job.name, state)
        self._workspace.notify()
