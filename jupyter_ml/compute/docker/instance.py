# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A container of this machine as a compute; the agent is its program."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import socket
from contextlib import asynccontextmanager, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_ml.agent import archive
from jupyter_ml.agent.line import Line
from jupyter_ml.agent.reaching import peer
from jupyter_ml.compute.agents.client import AgentGoneError
from jupyter_ml.compute.agents.remote_files import RemoteFiles
from jupyter_ml.compute.base import Capabilities
from jupyter_ml.compute.docker.building import build_image, check_context, remove_unused_images
from jupyter_ml.compute.docker.container import (
    BYTECODE,
    HOME,
    LABEL,
    RUNNER,
    SETTINGS_LABEL,
    check_limits,
    check_mounts,
    container_options,
    fingerprint,
    user_id,
)
from jupyter_ml.compute.docker.engine import call_docker, engine, find_image, find_interpreter
from jupyter_ml.compute.docker.observing import measured, why_ended
from jupyter_ml.compute.runner import make_runner
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.instances import InstanceSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.compute_schedules import ComputeSchedules
    from jupyter_ml.schemas.compute_states import ComputeUsage

__all__ = ["Instance"]

START_S = 30.0
STOP_S = 5
BUILD_LOG = "build.log"
LOG_LINES = 1_000
MINUTE_S = 60.0
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Instance(RemoteFiles):
    """A container whose program is the agent. It has files of its own, and is found by a label after any crash."""

    compute_type: ClassVar[str] = "instance"
    title: ClassVar[str] = "Instance"
    capabilities: ClassVar[Capabilities] = Capabilities(stops=True, logs=True)
    Settings: ClassVar[type[Schema]] = InstanceSettings
    settings: InstanceSettings

    @property
    def root(self) -> PurePosixPath:
        """Where its copies of files are."""
        return PurePosixPath(HOME, "files")

    @property
    def python(self) -> str:
        """The Python of the image, with the packages that run jobs."""
        return f"{RUNNER}/bin/python"

    @property
    def variables(self) -> dict[str, str]:
        """Those of the container, whose user and directories are its own."""
        return BYTECODE | {"HOME": HOME, "LANG": "C.UTF-8", "PATH": f"{RUNNER}/bin:{PATH}", "TMPDIR": "/tmp"}  # noqa: S108

    @property
    def idle_shutdown_s(self) -> float | None:
        """After how long without jobs and kernels it is stopped."""
        minutes = self.settings.idle_time_before_shutdown_minutes
        return None if minutes is None else MINUTE_S * minutes

    @property
    def schedules(self) -> ComputeSchedules:
        """When it is started and stopped."""
        return self.settings.schedules

    @classmethod
    def require(cls) -> None:
        """Raise UnavailableError if there is no Docker."""
        with call_docker("Docker"):
            engine().ping()

    async def check(self) -> None:
        """Raise UnavailableError if there is no Docker, InvalidInputError for limits and mounts that cannot be."""
        await asyncio.to_thread(self._check)

    def _check(self) -> None:
        with call_docker("Docker"):
            about = engine().info()
        check_limits(self.settings, about["NCPU"], about["MemTotal"])
        check_mounts(self.settings)
        if self.settings.build is not None:
            check_context(self.settings.build)

    async def create(self) -> None:
        """Pull or build the image, and create the container; again if the settings have changed since."""
        await asyncio.to_thread(self._create)

    def _create(self) -> None:
        image, label = self._image(), {LABEL: str(self._own)}
        packages = make_runner(find_interpreter(image, self.settings.python, label))
        expected = fingerprint(self.settings, image.id, packages)
        found = self._find()
        if found is not None and (found.labels.get(SETTINGS_LABEL) == expected or found.status == "running"):
            return
        self._remove()
        directory = self._directories()
        with call_docker(f"the container of compute {self.name!r} cannot be created"):
            engine().containers.create(
                image.id,
                name=self._container_name,
                labels={**label, SETTINGS_LABEL: expected},
                **container_options(self.settings, directory, packages),
            )
        remove_unused_images()

    def _image(self) -> Any:
        if self.settings.build is None:
            return find_image(self.settings.image)
        return build_image(self.settings.build, self._directories() / BUILD_LOG, self.settings.memory_bytes)

    async def start(self) -> None:
        """Start the container, and wait until its agent replies."""
        await asyncio.to_thread(self._start)
        try:
            await self.client.request("ping", patience_s=START_S)
        except UnavailableError as error:
            printed = "\n".join([line async for line in self.logs()][-5:])
            raise UnavailableError(f"{error}; it printed: {printed}" if printed else str(error)) from error

    def _start(self) -> None:
        found = self._find()
        if found is None:
            raise UnavailableError(f"compute {self.name!r} has no container")
        directory = self._directories()
        if found.status != "running":
            check_mounts(self.settings)  # a program in it may have replaced one by a link
            archive.create(directory / "agent" / "agent.pyz")
            (directory / "agent" / "agent.pyz").chmod(0o644)  # for the user of the container
            with call_docker(f"the container of compute {self.name!r} cannot be started"):
                found.start()

    async def stop(self) -> None:
        """Stop the container with all of its programs; its files stay."""
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        found = self._find()
        if found is not None and found.status == "running":
            with call_docker(f"the container of compute {self.name!r} cannot be stopped"):
                found.stop(timeout=STOP_S)

    async def restart(self) -> None:
        """Stop the container and start it, or another one if the settings have changed."""
        await self.stop()
        await self.create()
        await self.start()

    async def delete(self) -> None:
        """Remove the container and its files."""
        await asyncio.to_thread(self._delete)

    def _delete(self) -> None:
        self._remove()
        remove_unused_images()
        shutil.rmtree(self._own, ignore_errors=True)

    def _remove(self) -> None:
        """Remove its container, and what is left of a creation that was killed."""
        from docker.errors import NotFound

        for found in self._labeled():
            with call_docker(f"the container of compute {self.name!r} cannot be removed"), suppress(NotFound):
                found.remove(force=True, v=True)

    async def state(self) -> ComputeState:
        """Return Running or Stopped; Failed if the container is gone."""
        found = await asyncio.to_thread(self._find)
        if found is None:
            return ComputeState.FAILED
        return ComputeState.RUNNING if found.status == "running" else ComputeState.STOPPED

    async def problem(self) -> str | None:
        """Return why it does not run any more."""
        found = await asyncio.to_thread(self._find)
        return f"its container {why_ended(found)}"

    def gpus(self) -> tuple[str, ...]:
        """Return the GPUs of its settings, by the numbers that they have in the container."""
        return tuple(str(number) for number in range(self.settings.gpus or 0))

    def memory_limit(self) -> int | None:
        """Return the limit of its memory."""
        return self.settings.memory_bytes

    async def programs(self) -> int:
        """Return how many programs run that the agent has started."""
        return int((await self.client.request("about"))[0]["programs"])

    async def usage(self) -> ComputeUsage:
        """Return what its programs use of its limits."""
        found = await asyncio.to_thread(self._find)
        if found is None or found.status != "running":
            raise UnavailableError(f"compute {self.name!r} does not run")
        with call_docker(f"compute {self.name!r}"):
            stats = await asyncio.to_thread(found.stats, stream=False)
        return measured(stats, self.settings.cpus)

    async def logs(self) -> AsyncGenerator[str, None]:
        """Yield what the build of its image has printed, and what the program of the container has printed last."""
        if (built := self._own / BUILD_LOG).is_file():
            for line in (await asyncio.to_thread(built.read_text, "utf-8")).splitlines():
                yield line
        found = await asyncio.to_thread(self._find)
        if found is None:
            return
        with call_docker(f"compute {self.name!r}"):
            printed = await asyncio.to_thread(found.logs, tail=LOG_LINES)
        for line in printed.decode(errors="replace").splitlines():
            yield line

    @asynccontextmanager
    async def reach(self) -> AsyncIterator[Line]:
        """Connect to the socket of the agent; AgentGoneError if the container does not run."""
        try:
            connection = await asyncio.to_thread(self._connect)
        except OSError as error:
            found = await asyncio.to_thread(self._find)
            if found is None or found.status != "running":
                raise AgentGoneError(f"the container of compute {self.name!r} {why_ended(found)}") from error
            raise
        line = Line((descriptor := connection.detach()), descriptor, unix=True)
        try:
            yield line
        finally:
            line.close()

    def _connect(self) -> socket.socket:
        directory = os.open(self._own / "sockets", os.O_RDONLY | os.O_DIRECTORY)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(f"/proc/self/fd/{directory}/agent.sock")  # its path may be too long for a socket
            _require_user(connection)
        except BaseException:
            connection.close()
            raise
        finally:
            os.close(directory)
        return connection

    @property
    def _own(self) -> Path:
        assert self.directory is not None, "the workspace has given it none"
        return self.directory

    @property
    def _container_name(self) -> str:
        """A readable name, which no instance of another workspace has."""
        return f"jupyter-ml-{self.name}-{hashlib.sha256(os.fsencode(self._own)).hexdigest()[:12]}"

    def _find(self) -> Any:
        """Return its container; None if there is none."""
        return next((each for each in self._labeled() if SETTINGS_LABEL in each.labels), None)

    def _labeled(self) -> list[Any]:
        """Return all containers that were created for it."""
        with call_docker(f"compute {self.name!r}"):
            filters = {"label": f"{LABEL}={self._own}"}
            return [*engine().containers.list(all=True, filters=filters, ignore_removed=True)]

    def _directories(self) -> Path:
        """Create its directories, which belong to the user of its programs."""
        for name in ("agent", "sockets", "home"):
            path = self._own / name
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.getuid() == 0:
                os.chown(path, user_id(), user_id())
        return self._own


def _require_user(connection: socket.socket) -> None:
    if peer(connection) not in (user_id(), os.geteuid()):
        raise PermissionError("another user listens on the socket of the agent")
