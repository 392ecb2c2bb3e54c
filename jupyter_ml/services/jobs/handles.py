# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handles of jobs, whose properties are current at each access."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.formatting import SIGNS, duration, elapsed_s, queue_text, summary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self

    from jupyter_ml.schemas.causes import Cause
    from jupyter_ml.schemas.duration_estimate import DurationEstimate
    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.job_services import JobServiceInfo
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.jobs.lifecycle import JobLifecycle

__all__ = ["JobHandle"]


class JobHandle:
    """A job; `JobService.handle` and the magics of a notebook return it.

    Each property queries the workspace at the time of access.

    Attributes
    ----------
    name : str
        The job's name.
    """

    def __init__(self, jobs: JobLifecycle, job: Job) -> None:
        self.name = job.name
        self._jobs, self._job = jobs, job

    def refresh(self) -> Job:
        """Return the current record of the job; NotFoundError if it was deleted."""
        if self._job.state not in FINAL:
            self._job = self._jobs.get(self.name)
        return self._job

    @property
    def job(self) -> Job:
        """The record of the job: parameters, times, progress and so on."""
        return self.refresh()

    @property
    def state(self) -> JobState:
        """State of the job."""
        return self.refresh().state

    @property
    def ended(self) -> bool:
        """Whether the job has ended."""
        return self.refresh().state in FINAL

    @property
    def metrics(self) -> dict[str, float]:
        """Last value of each metric."""
        return self.refresh().metrics

    @property
    def cause(self) -> Cause | None:
        """Why the job did not complete; None if nothing failed."""
        return self.refresh().cause

    @property
    def services(self) -> list[JobServiceInfo]:
        """Web applications that run beside the job, with their status and where they are opened."""
        return self._jobs.services(self.name)

    @property
    def folder(self) -> Path:
        """Directory of the current or last attempt; ConflictError before the first one, NotFoundError if it is gone."""
        return self._jobs.folder(self.name).path

    @property
    def note(self) -> str:
        """Where the job is in the queue, or which of its files are gone; empty if it does not wait and nothing is."""
        job = self.refresh()
        if job.state is JobState.QUEUED:
            return queue_text(self._jobs.queue_position(self.name), job.compute)
        return self._jobs.gone(self.name) or ""

    def duration_estimate(self) -> DurationEstimate:
        """Return what the last completed job with the same notebook took."""
        return self._jobs.duration_estimate(self.name)

    def notebook(self) -> dict[str, Any]:
        """Return the notebook with the cells that have run so far; before the first cell, as submitted."""
        return self._jobs.notebook(self.name)

    def stream(self) -> Iterator[Job | AttemptEvent]:
        """Yield the job whenever it changes, and each event of it, from the beginning to its end."""
        return self._jobs.stream(self.name)

    def wait(self) -> Self:
        """Return when the job has ended."""
        self._job = self._jobs.wait(self.name)
        return self

    def update(self, **changes: Any) -> Self:
        """Change ``display_name``, ``description``, ``tags``, ``starred`` or ``priority``; see `JobService.update`."""
        self._job = self._jobs.update(self.name, changes)
        return self

    def cancel(self) -> Self:
        """Request its end; ConflictError if it has ended already."""
        self._job = self._jobs.cancel(self.name)
        return self

    def __repr__(self) -> str:
        note = ""
        with suppress(JupyterMLError):  # then show the last known state
            note = self.note
        job = self._job
        took = f"after {duration(elapsed_s(job))}" if job.started_at else ""
        facts = " ".join(filter(None, [SIGNS[job.state], job.state, took]))
        return " · ".join(filter(None, [f"Job {job.name}", facts, visible(note), visible(summary(job))]))
