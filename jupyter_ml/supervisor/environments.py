# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Install the environment that a job names before its attempt starts."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_ml.compute.process import MARKER
from jupyter_ml.kernels.environments import LOCK, run_build, send_environment
from jupyter_ml.schemas.event_log import ProgressBar
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.lineage import NodeId
from jupyter_ml.schemas.locks import LOCK_VARIABLE
from jupyter_ml.schemas.names import ENVIRONMENT
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.environment_builds import build_changed, installations
from jupyter_ml.services.jobs.job_environment import environment_of
from jupyter_ml.store.attempts import AttemptProgress
from jupyter_ml.supervisor.preparing import Installed, client_of_job

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.job_environment import JobEnvironment
    from jupyter_ml.supervisor.cancellation import CancellationToken
    from jupyter_ml.supervisor.progress_writer import ProgressWriter
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["CanceledError", "EnvironmentFailedError", "EnvironmentInstaller"]

_T = TypeVar("_T")
STEPS = 4
"""Steps of a build."""


class CanceledError(Exception):
    """The job was canceled while its environment was being installed."""


class EnvironmentFailedError(Exception):
    """The environment of a job cannot be installed."""


class EnvironmentInstaller:
    """Installs the environment of one job.

    Parameters
    ----------
    workspace, threads, progress_writer, compute, job, cancellation
        Of the attempt.
    """

    def __init__(
        self,
        workspace: WorkspaceContext,
        threads: Threads,
        progress_writer: ProgressWriter,
        compute: Compute,
        job: Job,
        *,
        cancellation: CancellationToken,
    ) -> None:
        self._workspace, self._threads, self._progress_writer = workspace, threads, progress_writer
        self._compute, self._job, self._cancellation = compute, job, cancellation

    async def install(self) -> Installed | None:
        """Return the environment of the job, which is installed if it does not exist; None if the job names none.

        Raises
        ------
        InvalidInputError, UnavailableError
            If it cannot be built, or not be sent to the compute, with the reason.
        CanceledError
            If the job is canceled meanwhile.
        DetachedError
            If the supervisor ends meanwhile.
        """
        assert self._job.spec is not None
        found = await self._threads.store(environment_of, self._workspace, self._job.spec)
        if found is None:
            return None
        shared = self._compute.capabilities.shared_files
        installed = await (self._on_this_machine(found) if shared else self._on_the_compute(found))
        if isinstance(self._job.spec.environment, str):
            used = NodeId.of_asset(ENVIRONMENT.plural, self._job.spec.environment)
            add = self._workspace.store.lineage.add
            await self._threads.store(add, used, NodeId("job", self._job.name), "environment")
        return installed

    async def _on_this_machine(self, found: JobEnvironment) -> Installed:
        identity, places = found.definition.identity, installations(self._workspace)
        if await self._threads.slow(places.python, identity) is None:
            try:
                await self._unless_canceled(
                    run_build(
                        places.folder,
                        found.definition,
                        self._workspace.settings.environments.python,
                        env=await self._variables(),
                        report=partial(self._report_step, found),
                    )
                )
            finally:
                await self._threads.slow(build_changed, self._workspace, identity)
        built = await self._threads.slow(lambda: places.describe(identity, details=False))
        await self._warn(found, built.message)
        program, lock = places.path(identity) / "bin" / "python", places.lock_file(identity)
        return Installed(str(program), {**found.variables, LOCK_VARIABLE: str(lock)})

    async def _on_the_compute(self, found: JobEnvironment) -> Installed:
        places = installations(self._workspace)
        known = await self._threads.slow(places.installed)
        try:
            folder, message = await self._unless_canceled(
                send_environment(
                    self._compute,
                    places,
                    found.definition,
                    self._workspace.settings.environments.python,
                    env=await self._variables(),
                    report=partial(self._report_step, found),
                )
            )
        finally:
            if await self._threads.slow(places.installed) != known:
                await self._threads.slow(build_changed, self._workspace, found.definition.identity)
        await self._warn(found, message)
        return Installed(str(folder / "bin" / "python"), {**found.variables, LOCK_VARIABLE: str(folder / LOCK)})

    async def _variables(self) -> dict[str, str]:
        """Return the environment of the process that installs packages."""
        client = await self._threads.slow(client_of_job, self._workspace, self._job)
        attempt = self._workspace.layout.attempt(self._job.name, self._job.attempt)
        return {**os.environ, **client.installing, MARKER: f"{attempt}"}

    async def _unless_canceled(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Await something that is canceled with the job."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(lambda _: self._cancellation.wake())
        try:
            while not task.done():
                await self._cancellation.pause(60)
                if self._cancellation.canceled:
                    raise CanceledError
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait([task])
            self._report(None)

    def _report_step(self, found: JobEnvironment, done: int, step: str) -> None:
        label = f"Environment {found.name}: {step}"
        self._report(ProgressBar(label=label[:200], done=done, total=STEPS, unit="steps"))

    def _report(self, bar: ProgressBar | None) -> None:
        progress = Progress(bar=bar)
        self._progress_writer.add(
            AttemptProgress(name=self._job.name, attempt=self._job.attempt, offset=0, progress=progress)
        )

    async def _warn(self, found: JobEnvironment, message: str | None) -> None:
        messages = [message] if message else []
        if found.image:
            messages.append(
                f"The Docker image {found.image} is not used, because the compute has no Docker: the packages of the "
                "environment are installed without it."
            )
        warnings = [JobWarning(message=message) for message in messages]
        if warnings:
            await self._threads.store(self._workspace.store.jobs.add_warnings, self._job.name, warnings)
