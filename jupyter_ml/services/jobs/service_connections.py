# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connect to the services of running jobs, on whichever compute they are."""

from __future__ import annotations

import asyncio
from threading import Lock
from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, NotFoundError, UnavailableError, nearest
from jupyter_ml.kernels.background import in_background
from jupyter_ml.schemas.job_services import JupyterLabService, socket_names
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.computes import open_compute
from jupyter_ml.services.jobs.attempts import attempt_folder

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Process
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["ServiceConnection", "ServiceConnections"]


class ServiceConnections:
    """Connections to services of jobs, one to the process of each job; it ends with the job."""

    def __init__(self, context: WorkspaceContext) -> None:
        self._context = context
        self._lock = Lock()
        self._processes: dict[tuple[str, int], _JobProcess] = {}

    def find(self, name: str, service: str) -> ServiceConnection:
        """Return how a service of a running job is reached.

        Raises
        ------
        NotFoundError
            If there is no such job, or it has no such service.
        ConflictError
            If the job does not run.
        """
        job = self._context.store.jobs.get(name)
        services = job.spec.services if job.spec is not None else {}
        if service not in services:
            raise NotFoundError(f"job {name!r} has no service {service!r}{nearest(service, services)}")
        if job.state is not JobState.RUNNING:
            raise ConflictError(f"job {name} is {job.state}: its services can be opened only while it is Running")
        key = (job.name, job.attempt)
        with self._lock:
            self._processes = {each: process for each, process in self._processes.items() if not process.ended}
            if key not in self._processes:
                self._processes[key] = self._process(job)
            return ServiceConnection(
                self._processes[key],
                socket_names(services)[service],
                keeps_prefix=isinstance(services[service], JupyterLabService),
            )

    def _process(self, job: Job) -> _JobProcess:
        info = self._context.store.jobs.process(job.name)
        if info is None or job.compute is None:
            raise ConflictError(f"job {job.name} is just being started: try again")
        compute = open_compute(self._context, self._context.store.computes.get(job.compute))
        return _JobProcess(compute, info, attempt_folder(self._context.layout, job).services)


class ServiceConnection:
    """How a service of a running job is reached.

    Attributes
    ----------
    keeps_prefix : bool
        Whether the paths of requests are those in the browser, as its program expects.
    """

    def __init__(self, process: _JobProcess, socket: str, *, keeps_prefix: bool) -> None:
        self._process, self._socket, self.keeps_prefix = process, socket, keeps_prefix

    async def open(self) -> Path:
        """Return a Unix socket of this machine that leads to it; UnavailableError if its process is out of reach."""
        return await in_background(self._process.socket(self._socket))


class _JobProcess:
    """The process of a job that runs, wherever that is; used in the event loop of `in_background`."""

    def __init__(self, compute: Compute, info: dict[str, object], directory: Path) -> None:
        self._compute, self._info, self._directory = compute, info, directory
        self._opening: asyncio.Future[Process] | None = None
        self._sockets: dict[str, Path] = {}
        self._ending: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether it has ended, or could not be reached."""
        return self._ending is not None and self._ending.done()

    async def socket(self, name: str) -> Path:
        """Return a socket of this machine that leads to one of the job."""
        if self._opening is None or (self._opening.done() and self._opening.exception()):
            self._opening = asyncio.ensure_future(self._attach())
        process = await asyncio.shield(self._opening)
        if name not in self._sockets:
            self._sockets[name] = await process.connect(self._compute.path(self._directory) / name)
        return self._sockets[name].resolve()  # the link in the directory of the job has the longer path

    async def _attach(self) -> Process:
        info = dict(self._info)
        self._compute = await self._compute.reserve(info.pop("node", None))  # type: ignore[arg-type]
        process = await self._compute.attach(info)
        if process.exit is not None:
            raise UnavailableError("the process of the job cannot be found from this machine")
        self._ending = asyncio.create_task(self._release(process))
        return process

    async def _release(self, process: Process) -> None:
        await process.wait()
        await self._compute.release()
