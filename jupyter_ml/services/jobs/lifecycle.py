# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Cancel and delete jobs, and withdraw these requests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, NotFoundError, UnavailableError
from jupyter_ml.services.jobs.results import JobResults

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job

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
