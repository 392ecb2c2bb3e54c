# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Update, cancel and delete jobs, and withdraw requests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.bulk import BulkAction
from jupyter_ml.schemas.job_changes import JobUpdate
from jupyter_ml.schemas.runs import NOTE_TAG
from jupyter_ml.services.jobs.bulk import for_all
from jupyter_ml.services.jobs.records import write_record
from jupyter_ml.services.jobs.results import JobResults
from jupyter_ml.services.tags import check_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.bulk import BulkResult
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import JobQuery

__all__ = ["JobLifecycle"]

DELETE_TIMEOUT_S = 30.0


class JobLifecycle(JobResults):
    """The part of `JobService` that changes submitted jobs."""

    def cancel(self, name: str) -> Job:
        """Request the end of a job; a moment later it is Canceled, or has ended by itself.

        Raises
        ------
        ConflictError
            If it has ended already, or runs where Jupyter ML cannot reach it.
        """
        job = self._store.request_cancel(name)
        self._context.supervisor.ensure()
        self._context.notify()
        return job

    def update(self, name: str, changes: Schema | Mapping[str, Any], *, revision: int | None = None) -> Job:
        """Change what describes a job, in any state, or the priority of a queued one.

        Its MLflow run is changed a moment later.

        Parameters
        ----------
        name
            Name of the job.
        changes
            ``display_name``, ``description``, ``starred``, ``priority``, and ``tags`` to set; a tag that is None is
            removed, and others are unchanged.
        revision
            Revision that the changes are based on; raises ConflictError if the job has another one now.
        """
        changes = self._parse_changes(changes)
        assert isinstance(changes, JobUpdate)
        for tag, value in changes.tags.items():
            if value is not None:
                check_tag(tag)
                if tag == NOTE_TAG:
                    raise InvalidInputError(f"tags: {tag!r} is the description: change that", field=f"tags.{tag}")
        job = super().update(name, changes, revision=revision)
        if self._context.layout.record(name).exists():
            write_record(self._context, job)
        if job.run_id is not None:
            self._context.supervisor.ensure()
        return job

    def delete(self, name: str, *, wait: bool = True) -> Job:
        """Delete a job that has ended, with its files and its MLflow run.

        Parameters
        ----------
        name
            Name of the job.
        wait
            Whether to return only when everything is deleted.

        Returns
        -------
        Job
            Its last state, with the pending request.

        Raises
        ------
        ConflictError
            If it has not ended.
        UnavailableError
            If it is not deleted after 30 s, with the reason if one is known. The request remains and is retried until
            it is withdrawn.
        """
        job = self._store.request_delete(name)
        self._context.supervisor.ensure()
        self._context.notify()
        if wait:
            self._wait_for_delete(name)
        return job

    def for_all(self, action: BulkAction | str, query: JobQuery) -> BulkResult:
        """Cancel, archive, restore or delete all jobs that match a query, 1,000 at most.

        Parameters
        ----------
        action
            ``cancel``, ``archive``, ``restore`` or ``delete``; cancel and delete are requests that are carried out a
            moment later.
        query
            Which jobs; it must have a filter.
        """
        action = BulkAction(action)
        result = for_all(self._store, action, query)
        if result.changed and action.is_request:
            self._context.supervisor.ensure()
        self._context.notify()
        return result

    def _wait_for_delete(self, name: str) -> None:
        deadline = time.monotonic() + DELETE_TIMEOUT_S
        request = None
        with self._context.listen() as listener:
            while time.monotonic() < deadline and not (request and request.error):
                try:
                    request = self._store.get(name).request
                except NotFoundError:
                    return
                if request is None:
                    raise ConflictError(f"the delete of job {name} was withdrawn")
                self._context.supervisor.ensure()  # it may have exited just before it could see the request
                if failure := self._context.supervisor.failure:
                    raise UnavailableError(f"the delete of job {name} waits: {failure}")
                listener.wait(0.1)
        reason = f" failed and is retried: {request.error}" if request and request.error else " takes long"
        raise UnavailableError(f"the delete of job {name}{reason}; to keep the job: jupyter ml job withdraw {name}")

    def withdraw(self, name: str) -> Job:
        """Withdraw the pending cancel or delete of a job; what a delete has removed already is not restored.

        Raises
        ------
        ConflictError
            If there is no pending request, or the job is being ended already.
        """
        job = self._store.withdraw_request(name, idle=self._context.supervisor.status() is None)
        self._context.notify()
        return job
