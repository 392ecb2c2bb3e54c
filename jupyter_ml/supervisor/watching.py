"""Following an attempt: its spool into the database, wishes and limits to its executor."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from jupyter_ml.executor.spool import SpoolReader
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.spool import CellFinished, CellStarted, Ended, ExecutorStarted, KernelStarted, Sample
from jupyter_ml.schemas.states import JobState
from jupyter_ml.supervisor.outcome import Outcome, canceled, timed_out, vanished

if TYPE_CHECKING:
    import threading

    from jupyter_ml.compute.base import Process
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.schemas.spool import SpoolEvent
    from jupyter_ml.services.workspace import Workspace

__all__ = ["DetachedError", "Watch"]

TICK_S = 0.05
METRICS_S = 1.0
CANCEL_GRACE_S = 1.5
"""From the wish to the kill; the executor needs a second to interrupt the kernel."""
TIMEOUT_GRACE_S = 1.5
"""The executor watches the time itself; this is for one that hangs."""
EXIT_GRACE_S = 15.0
"""From an executor's last word to its end."""
SILENCE_S = 30.0
"""An executor says something every second: after this, the job is NotResponding."""


class DetachedError(Exception):
    """The supervisor hands over: the attempt goes on without this watch."""


class Watch:
    """One attempt, from its start, or from where an earlier supervisor left off, to its end.

    Parameters
    ----------
    workspace, job, folder, process
        What to watch.
    cancel
        Set when somebody wants the job to end.
    detach
        Set when the supervisor itself has to go.
    """

    def __init__(
        self,
        workspace: Workspace,
        job: Job,
        folder: AttemptFolder,
        process: Process,
        *,
        cancel: threading.Event,
        detach: threading.Event,
    ) -> None:
        self._workspace, self._job, self._folder, self._process = workspace, job, folder, process
        self._cancel, self._detach = cancel, detach
        self._store = workspace.store.jobs
        self._spool = SpoolReader(folder.spool, self._store.offset(job.name), outputs=False)
        self._state = job.state
        self._progress, self._usage = job.progress, job.usage
        self._started = self._spool.offset > 0
        self._running_since = time.monotonic()
        self._heard = time.monotonic()
        self._metrics_at = time.monotonic() + METRICS_S
        self._killed: Outcome | None = None
        self._ended: Ended | None = None

    def run(self) -> Outcome:
        """Follow the attempt and return how it ended.

        Raises
        ------
        DetachedError
            When `detach` was set first.
        """
        kill_at: float | None = None
        while (code := self._process.wait(TICK_S)) is None:
            self._drain()
            if self._ended is not None and (self._job.external or time.monotonic() - self._heard > EXIT_GRACE_S):
                break
            if self._detach.is_set():
                raise DetachedError
            kill_at = kill_at or self._limit()
            if kill_at is not None and time.monotonic() > kill_at and self._ended is None:
                self._process.kill()
            self._note_silence()
            self._copy_metrics()
        self._drain()
        if self._ended is not None:
            return Outcome(JobState(self._ended.state), self._ended.cause)
        return self._killed or vanished(self._folder, code or 0, started=self._started)

    def _limit(self) -> float | None:
        """Pass a cancel or a timeout on, and return when patience ends."""
        if self._cancel.is_set():
            self._killed = canceled()
            self._become(JobState.CANCEL_REQUESTED)
            self._process.signal(signal.SIGINT if self._job.external else signal.SIGTERM)
            return time.monotonic() + CANCEL_GRACE_S
        timeout = self._job.spec.limits.timeout if self._job.spec else None
        if timeout is not None and self._started and time.monotonic() - self._running_since > timeout + TIMEOUT_GRACE_S:
            self._killed = timed_out(timeout)
            return time.monotonic()
        return None

    def _note_silence(self) -> None:
        if time.monotonic() - self._heard > SILENCE_S and self._state is JobState.RUNNING:
            self._become(JobState.NOT_RESPONDING)

    def _drain(self) -> None:
        before = self._spool.offset
        for event, _ in self._spool:
            self._apply(event)
        if self._spool.offset == before:
            return
        self._heard = time.monotonic()
        if self._state is JobState.NOT_RESPONDING:
            self._become(JobState.RUNNING)
        self._store.advance(self._job.name, offset=self._spool.offset, progress=self._progress, usage=self._usage)

    def _apply(self, event: SpoolEvent) -> None:
        match event:
            case ExecutorStarted():
                self._started = True
                self._running_since = time.monotonic() - max(0.0, time.time() - event.time)
                self._progress = Progress(cells_total=len(event.cells))
            case KernelStarted():
                if self._state is JobState.PREPARING:
                    self._become(JobState.RUNNING)
            case CellStarted():
                self._progress = self._progress.model_copy(update={"cell": event.cell})
                self._workspace.nudge()
            case CellFinished():
                done = self._progress.cells_done + 1
                self._progress = self._progress.model_copy(update={"cells_done": done, "cell": None})
            case Sample():
                self._usage = event.usage
            case Ended():
                self._ended = event

    def _become(self, state: JobState) -> None:
        self._state = state
        self._store.transition(self._job.name, state)
        self._workspace.nudge()

    def _copy_metrics(self) -> None:
        if time.monotonic() < self._metrics_at or self._job.run_id is None:
            return
        self._metrics_at = time.monotonic() + METRICS_S
        metrics = self._workspace.tracking.metrics(self._job.run_id)
        if metrics:
            self._store.set_metrics(self._job.name, metrics)
