# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find jobs: list, get, count and complete their names."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.filters import quoted
from jupyter_ml.schemas.job_kind import JOB
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.services.jobs.attempts import gone_directory
from jupyter_ml.services.resources import BaseResourceService

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.jobs import Attempt
    from jupyter_ml.schemas.queue import QueuePosition
    from jupyter_ml.schemas.resources import Page
    from jupyter_ml.schemas.states import JobState
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.store.jobs import JobStore

__all__ = ["JobListing"]

IMPORT_TIMEOUT_S = 15.0


class JobListing(BaseResourceService[Job, JobQuery]):
    """The part of `JobService` that finds jobs."""

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, JOB)

    @property
    def _store(self) -> JobStore:
        return self._context.store.jobs

    def get(self, name: str) -> Job:
        """Return a job; NotFoundError if it does not exist."""
        self._ensure_supervisor()
        return super().get(name)

    def _ensure_supervisor(self) -> None:
        """Start a supervisor if jobs wait or run without one, or jobs that have ended are not complete.

        It was killed, the machine restarted, or an earlier version ran the jobs.
        """
        if self._context.supervisor.status() is not None:
            return
        if self._store.pending(host=socket.gethostname()) or self._store.not_logged(1):
            self._context.supervisor.ensure()

    def list(self, query: JobQuery | Mapping[str, Any] | None = None, *, wait: bool = True) -> Page[Job]:
        """Return one page of the jobs, including runs logged directly with MLflow, that match `query`.

        Parameters
        ----------
        query
            Filter, sort order and page; the latest jobs by default.
        wait
            Whether to wait until runs that were logged while no supervisor ran are imported; otherwise they appear a
            little later. It does not wait for a supervisor that does not start: see `SupervisorService.failure`.
        """
        self._import_runs(wait=wait)
        self._ensure_supervisor()
        return super().list(query)

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Return the names of the latest jobs that start with `prefix`, without waiting: for completion."""
        found = self._store.list(JobQuery(filter=f"name:{quoted(prefix)}" if prefix else "", limit=100)).items
        return tuple(job.name for job in found if job.name.startswith(prefix))

    def counts(self) -> dict[JobState, int]:
        """Return the number of jobs in each state, without archived ones."""
        return self._store.counts()

    def attempts(self, name: str) -> tuple[Attempt, ...]:
        """Return the attempts of a job, the first one first."""
        self.get(name)
        return tuple(self._store.attempts(name))

    def queue_position(self, name: str) -> QueuePosition:
        """Return where a job is in the queue of its compute, what it waits for, and when it is expected to start."""
        self._ensure_supervisor()
        return self._store.queue_position(name)

    def gone(self, name: str) -> str | None:
        """Return which files of a job do not exist any more, e.g. because its directory was deleted; None if all do."""
        return gone_directory(self._context.layout, self.get(name))

    def _import_runs(self, *, wait: bool) -> None:
        """Let a supervisor import runs that were logged while none ran; a running one does so by itself."""
        if self._context.imported_runs.current() or self._context.supervisor.status() is not None:
            return
        self._context.supervisor.ensure()
        if not wait:
            return
        deadline = time.monotonic() + IMPORT_TIMEOUT_S
        with self._context.listen() as listener:
            while time.monotonic() < deadline and not self._context.imported_runs.current():
                if self._context.supervisor.failure:
                    return
                listener.wait(0.1)
