# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy the files of an attempt to and from a compute that shares none with this machine."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import GoneError
from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.launch import Launch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Process, ProcessSpec
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["Mirror"]

RETRY_S = 1.0
HERE = tuple(
    "HOME USER LOGNAME SHELL PATH TMPDIR VIRTUAL_ENV XDG_* PYTHON* LD_* DYLD_* CONDA_* MAMBA_* SSL_CERT_* *_CA_BUNDLE "
    "JUPYTER_PATH JUPYTER_CONFIG_* JUPYTER_DATA_DIR JUPYTER_RUNTIME_DIR JUPYTER_PLATFORM_DIRS "
    "JUPYTER_PREFER_ENV_PATH".split()
)
"""Variables about a user's account and programs on this machine."""

_log = logging.getLogger(__name__)


class Mirror:
    """Keeps the directory of an attempt on this machine like that on its compute.

    Clients and the supervisor read the one on this machine, wherever a job runs. Where files are shared, it is the same
    directory, and nothing is done.

    Parameters
    ----------
    compute, threads, folder
        Where the attempt runs, and its directory on this machine.
    """

    def __init__(self, compute: Compute, threads: Threads, folder: AttemptFolder) -> None:
        self._compute, self._threads, self._folder = compute, threads, folder
        self.needed = not compute.capabilities.shared_files

    async def send(self, executor: ProcessSpec) -> ProcessSpec:
        """Copy the directory to the compute, and return the executor to start there.

        The code is on the compute only afterwards.
        """
        if not self.needed:
            return executor
        launch = self._folder.read_launch()
        there = Launch.model_validate(self._there(launch.model_dump()) | {"marker": launch.marker})
        self._folder.write_launch(there)
        await self._compute.send(self._folder.path)
        await self._threads.slow(shutil.rmtree, self._folder.work)
        given = ExecutorInput.decode(executor.stdin)
        environment = self._variables(self._there(given.environment)) | {MARKER: executor.marker}
        environment.pop("JUPYTER_ML_WORKSPACE", None)  # which is on this machine only
        if there.python is not None:
            environment["PATH"] = f"{PurePath(there.python).parent}:{environment.get('PATH', os.defpath)}"
        argv = self._there(executor.argv)
        return replace(
            executor,
            argv=[self._compute.python or argv[0], *argv[1:]],
            log=self._compute.path(self._folder.log),
            stdin=replace(given, environment=environment).encode(),
            env=self._variables(executor.env),
        )

    def _variables(self, environment: dict[str, str]) -> dict[str, str]:
        """Return environment variables with those of the compute in place of what is only true of this machine."""
        if (own := self._compute.variables) is None:
            return environment
        kept = {name: text for name, text in environment.items() if not any(fnmatchcase(name, each) for each in HERE)}
        return kept | own

    async def send_file(self, path: Path) -> None:
        """Copy one file of the directory to the compute."""
        if self.needed:
            await self._compute.send(path)

    async def fence(self, token: str) -> None:
        """Prevent executors from running that were started under another claim."""
        self._folder.fence(token)
        if self._folder.launch.exists():
            await self.send_file(self._folder.launch)

    @asynccontextmanager
    async def followed(self, process: Process | None, on_piece: Callable[[], None]) -> AsyncIterator[None]:
        """Append to the copies what the program appends to its event log and to its metrics; call `on_piece` then."""
        paths = [self._folder.event_log, self._folder.metrics] if self.needed and process else []
        tasks = [asyncio.create_task(self._follow(process, path, on_piece)) for path in paths if process]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def fetch(self) -> None:
        """Copy everything from the compute that the job has written; after the end, and safe to repeat.

        Where the compute is gone, what was copied before is all there is.
        """
        if self.needed:
            kept = self._folder.overlay, self._folder.launch, self._folder.tracking
            try:
                await self._compute.fetch(self._folder.path, but=[each.name for each in kept])
            except GoneError as error:
                _log.warning("%s: its results are lost: %s", self._folder.path, error)

    async def remove(self) -> None:
        """Remove the directory from the compute, when all is fetched; what cannot be removed stays there."""
        try:
            await self._compute.remove(self._folder.path)
        except Exception as error:
            _log.warning("%s was not removed from compute %s: %s", self._folder.path, self._compute.name, error)

    def _there(self, value: Any) -> Any:
        """Return a value with the directory's path on the compute, wherever it contains that on this machine."""
        if isinstance(value, str):
            return value.replace(str(self._folder.path), str(self._compute.path(self._folder.path)))
        if isinstance(value, dict):
            return {key: self._there(each) for key, each in value.items()}
        return [self._there(each) for each in value] if isinstance(value, list) else value

    async def _follow(self, process: Process, path: Path, on_piece: Callable[[], None]) -> None:
        """Append what a file gets, across breaks of the connection."""
        while process.exit is None:
            try:
                async with aclosing(process.follow(self._compute.path(path), _size(path))) as pieces:
                    async for piece in pieces:
                        _append(path, piece)  # in the loop: a thread could still be at it when the task is canceled
                        on_piece()
            except Exception as error:
                _log.warning("compute %s: %s cannot be followed: %s", self._compute.name, path.name, error)
            await asyncio.sleep(RETRY_S)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _append(path: Path, piece: bytes) -> None:
    with path.open("ab") as file:
        file.write(piece)
