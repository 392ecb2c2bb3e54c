# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of jobs, besides the operations that all kinds have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.bulk import BulkResult
    from jupyter_ml.schemas.jobs import Attempt, Job
    from jupyter_ml.schemas.plans import JobPlan
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.schemas.specs import JobRerun, JobSubmission

__all__ = [
    "AttemptsHandler",
    "CancelJobHandler",
    "JobHandler",
    "JobPlanHandler",
    "JobsHandler",
    "RerunJobHandler",
    "WithdrawJobRequestHandler",
    "bulk_routes",
]

RESOURCE = "jupyter_ml:jobs"


class JobsHandler(Handler):
    """All jobs."""

    auth_resource = RESOURCE

    @operation("submitJob", status=201, location="/jobs/{name}", reads="contents")
    def post(self, body: JobSubmission) -> Job:
        """Submit a job; its paths are contents paths, relative to the server's root directory."""
        secrets = {name: value.get_secret_value() for name, value in body.secrets.items()}
        return self.workspace.jobs.submit(body.job, secrets=secrets, root=self.app.root, rerun_of=body.rerun_of)


class JobPlanHandler(Handler):
    """A job that could be submitted."""

    auth_resource = RESOURCE

    @operation("planJob", reads="contents")
    def post(self, body: JobSubmission) -> JobPlan:
        """Return what would be submitted: the versions and sizes of inputs, and what would be registered."""
        secrets = {name: value.get_secret_value() for name, value in body.secrets.items()}
        return self.workspace.jobs.plan(body.job, secrets=secrets, root=self.app.root, rerun_of=body.rerun_of)


class JobHandler(Handler):
    """One job."""

    auth_resource = RESOURCE

    @operation("deleteJob", status=202)
    def delete(self, name: str) -> Job:
        """Request the deletion of an ended job, with its files and its MLflow run."""
        return self.workspace.jobs.delete(name, wait=False)


class RerunJobHandler(Handler):
    """Running a job again."""

    auth_resource = RESOURCE

    @operation("rerunJob", status=201, location="/jobs/{name}", reads="contents")
    def post(self, name: str, body: JobRerun) -> Job:
        """Run a job again, with the files as they are now or as they were submitted."""
        secrets = {key: value.get_secret_value() for key, value in body.secrets.items()}
        root = self.app.root
        return self.workspace.jobs.rerun(name, body.parameters, snapshot=body.snapshot, secrets=secrets, root=root)


class CancelJobHandler(Handler):
    """Canceling a job."""

    auth_resource = RESOURCE

    @operation("cancelJob")
    def post(self, name: str) -> Job:
        """Cancel a job."""
        return self.workspace.jobs.cancel(name)


class WithdrawJobRequestHandler(Handler):
    """Withdrawing the pending request of a job."""

    auth_resource = RESOURCE

    @operation("withdrawJobRequest")
    def post(self, name: str) -> Job:
        """Withdraw the pending cancel or delete of a job."""
        return self.workspace.jobs.withdraw(name)


def bulk_routes() -> Iterator[tuple[str, type[Handler]]]:
    """Yield the path and the handler of each operation on all jobs that match a query."""
    for action in ("cancel", "archive", "restore", "delete"):
        yield f"/jobs:{action}", _bulk_handler(action)


def _bulk_handler(action: str) -> type[Handler]:
    class BulkHandler(Handler):
        auth_resource = RESOURCE

        @operation(f"{action}Jobs", summary=f"{action.capitalize()} all jobs that match the query, 1,000 at most")
        def post(self, query: JobQuery) -> BulkResult:
            return self.workspace.jobs.for_all(action, query)

    return BulkHandler


class AttemptsHandler(Handler):
    """The attempts of a job."""

    auth_resource = RESOURCE

    @operation("listAttempts")
    def get(self, name: str) -> list[Attempt]:
        """Return the attempts of a job, in the order in which they started."""
        return list(self.workspace.jobs.attempts(name))
