# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Install the environment that a job names before its attempt starts."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.event_log import ProgressBar
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.lineage import NodeId
from jupyter_ml.schemas.locks import LOCK_VARIABLE
from jupyter_ml.schemas.names import ENVIRONMENT
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.environment_builds import build_changed, installations
from jupyter_ml.services.environments import build_command
from jupyter_ml.services.jobs.job_environment import environment_of
from jupyter_ml.store.attempts import AttemptProgress
from jupyter_ml.supervisor.preparing import Installed, client_of_job, marker

if TYPE_CHECKING:
    from jupyter_ml.schemas.environments import EnvironmentBuild
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.job_environment import JobEnvironment
    from jupyter_ml.supervisor.cancellation import CancellationToken
    from jupyter_ml.supervisor.progress_writer import ProgressWriter
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["CanceledError", "EnvironmentFailedError", "EnvironmentInstaller"]

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
    workspace, threads, progress_writer, job, cancellation
        Of the attempt.
    """

    def __init__(
        self,
        workspace: WorkspaceContext,
        threads: Threads,
        progress_writer: ProgressWriter,
        job: Job,
        cancellation: CancellationToken,
    ) -> None:
        self._workspace, self._threads, self._job = workspace, threads, job
        self._progress_writer, self._cancellation = progress_writer, cancellation

    async def install(self) -> Installed | None:
        """Return the environment of the job, which is built if it does not exist; None if the job names none.

        Raises
        ------
        InvalidInputError
            If it cannot be built, with the reason.
        CanceledError
            If the job is canceled meanwhile.
        DetachedError
            If the supervisor ends meanwhile.
        """
        assert self._job.spec is not None
        found = await self._threads.store(environment_of, self._workspace, self._job.spec)
        if found is None:
            return None
        identity, places = found.definition.identity, installations(self._workspace)
        if await self._threads.slow(places.python, identity) is None:
            try:
                await self._build(found)
            finally:
                await self._threads.slow(build_changed, self._workspace, identity)
        built = await self._threads.slow(lambda: places.describe(identity, details=False))
        await self._warn(found, built)
        if isinstance(self._job.spec.environment, str):
            used = NodeId.of_asset(ENVIRONMENT.plural, self._job.spec.environment)
            add = self._workspace.store.lineage.add
            await self._threads.store(add, used, NodeId("job", self._job.name), "environment")
        program, lock = places.path(identity) / "bin" / "python", places.lock_file(identity)
        return Installed(str(program), {**found.variables, LOCK_VARIABLE: str(lock)})

    async def _build(self, found: JobEnvironment) -> None:
        client = await self._threads.slow(client_of_job, self._workspace, self._job)
        process = await asyncio.create_subprocess_exec(
            *build_command(self._workspace),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **client.installing, MARKER: marker(self._workspace, self._job)},
            start_new_session=True,
        )
        reading = asyncio.ensure_future(self._read(process, found))
        reading.add_done_callback(lambda _: self._cancellation.wake())
        try:
            while not reading.done():
                await self._cancellation.pause(60)
                if self._cancellation.canceled:
                    raise CanceledError
        finally:
            reading.cancel()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # uv too
            await process.wait()
            self._report(None)
        error = reading.result()
        if error is not None:
            raise InvalidInputError(error)

    async def _read(self, process: asyncio.subprocess.Process, found: JobEnvironment) -> str | None:
        """Report the steps of a build; return why it failed."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(found.definition.model_dump_json().encode())
        process.stdin.close()
        last: dict[str, str | int] = {}
        async for line in process.stdout:
            last = json.loads(line)
            if "step" in last:
                label = f"Environment {found.name}: {last['step']}"
                self._report(ProgressBar(label=label[:200], done=int(last["done"]), total=STEPS, unit="steps"))
        await process.wait()
        return None if "path" in last else str(last.get("error", "the program that installs it was killed"))

    def _report(self, bar: ProgressBar | None) -> None:
        progress = Progress(bar=bar)
        self._progress_writer.add(
            AttemptProgress(name=self._job.name, attempt=self._job.attempt, offset=0, progress=progress)
        )

    async def _warn(self, found: JobEnvironment, built: EnvironmentBuild) -> None:
        messages = [built.message] if built.message else []
        if found.image:
            messages.append(
                f"The Docker image {found.image} is not used, because the compute has no Docker: the packages of the "
                "environment are installed without it."
            )
        warnings = [JobWarning(message=message) for message in messages]
        if warnings:
            await self._threads.store(self._workspace.store.jobs.add_warnings, self._job.name, warnings)
