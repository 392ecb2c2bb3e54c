# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Follow a workspace: changes of resources, and the progress of running jobs."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.job_events import JobChanged, JobData, JobProgressed
from jupyter_ml.schemas.jobs import MLFLOW_RUN
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import ACTIVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.resources import ResourceEvent
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["ChangeFeed"]

TICK_S = 0.1
"""Interval at which the event log of a running job is checked."""
GUARD_S = 2.0
"""Interval of checks without a notification."""
METRICS = 100


class ChangeFeed:
    """The changes of a workspace since this was created: `poll` them, `wait`, and poll again.

    A context manager; `wake` may be called from another thread.
    """

    def __init__(self, context: WorkspaceContext) -> None:
        self._context, store = context, context.store  # before the listener, which would stay open if this fails
        self._listener = context.listen()
        try:
            self._sequence = store.events.last()
            active = store.jobs.list(JobQuery(states=list(ACTIVE), archived=None, limit=1_000))
        except BaseException:
            self._listener.close()
            raise
        self._running = {job.name: _Running(context, job) for job in active.items if job.type != MLFLOW_RUN}

    def wait(self) -> None:
        """Wait for a notification, or until there may be changes without one."""
        self._listener.wait(TICK_S if self._running else GUARD_S)

    def wake(self) -> None:
        """End the current `wait`, of every feed of this workspace."""
        self._context.notify()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def poll(self) -> Iterator[JobChanged | JobProgressed | ResourceEvent]:
        """Yield what happened since the last call, changes of resources first."""
        while events := self._context.store.events.since(self._sequence):
            jobs = {name: self._find(name) for name in {event.name for event in events if event.kind == "job"}}
            for event in events:
                yield _changed(event, jobs[event.name]) if event.kind == "job" else event
            self._sequence = events[-1].sequence
            for name, job in jobs.items():
                self._watch(name, job)
        for running in self._running.values():
            yield from running.poll()

    def _find(self, name: str) -> Job | None:
        try:
            return self._context.store.jobs.get(name)
        except NotFoundError:
            return None

    def _watch(self, name: str, job: Job | None) -> None:
        if job is None or job.state not in ACTIVE or job.type == MLFLOW_RUN:
            self._running.pop(name, None)
        elif name not in self._running or self._running[name].attempt != job.attempt:
            self._running[name] = _Running(self._context, job)


class _Running:
    """A running attempt, and what was last reported of it."""

    def __init__(self, context: WorkspaceContext, job: Job) -> None:
        self.attempt = job.attempt
        self._jobs = context.store.jobs
        self._name = job.name
        self._event_log = AttemptFolder(context.layout.attempt(job.name, job.attempt)).event_log
        self._reported: JobProgressed | None = None
        self._checked = self._reported_at = 0.0

    def poll(self) -> Iterator[JobProgressed]:
        """Yield its progress if that changed; the database follows the event log, and metrics follow separately."""
        if time.monotonic() < self._reported_at + TICK_S:  # whatever the number of notifications
            return
        try:
            offset = self._event_log.stat().st_size
        except FileNotFoundError:
            offset = 0
        if (
            self._reported is not None
            and offset == self._reported.offset
            and time.monotonic() < self._checked + 10 * TICK_S
        ):
            return
        self._checked = time.monotonic()
        try:
            job = self._jobs.get(self._name)
        except NotFoundError:
            return
        now = JobProgressed(
            name=self._name,
            attempt=self.attempt,
            offset=offset,
            progress=job.progress,
            eta_at=job.eta_at,
            usage=job.usage,
            metrics=dict(islice(job.metrics.items(), METRICS)),
        )
        if now != self._reported:
            self._reported, self._reported_at = now, time.monotonic()
            yield now


def _changed(event: ResourceEvent, job: Job | None) -> JobChanged:
    now = {
        "display_name": job.display_name if job else event.name,
        "progress": job.progress if job else None,
        "eta_at": job.eta_at if job else None,
    }
    known = {key: value for key, value in event.data.items() if key in JobData.model_fields}  # of any version
    return JobChanged.model_validate({**event.model_dump(), "data": {**known, **now}})
