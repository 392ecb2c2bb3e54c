# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the services of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_ml.schemas.job_services import JobServiceInfo, ServiceStatus
from jupyter_ml.schemas.names import SERVICES_PATH
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.servers import ServerService

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["job_services"]


def job_services(context: WorkspaceContext, job: Job) -> list[JobServiceInfo]:
    """Return the services of a job, with their status and where they are opened."""
    if job.spec is None or not job.spec.services:
        return []
    status = ServiceStatus.ENDED if job.state in FINAL else ServiceStatus.WAITING
    if job.state is JobState.RUNNING:
        status = ServiceStatus.AVAILABLE
    servers = ServerService(context.layout, context.settings)
    return [
        JobServiceInfo(name=name, type=spec.type, status=status, path=(path := _path(job, name)), url=servers.url(path))
        for name, spec in job.spec.services.items()
    ]


def _path(job: Job, name: str) -> str:
    return f"{SERVICES_PATH}/{quote(job.name, safe='')}/{quote(name, safe='')}/"
