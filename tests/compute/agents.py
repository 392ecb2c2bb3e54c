# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes of tests: an agent on this machine, which is reached in each of the ways there are."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from jupyter_ml.agent import archive
from jupyter_ml.compute.agents.compute import AgentCompute
from jupyter_ml.compute.agents.reaching import through_command, through_socket
from jupyter_ml.compute.agents.remote_files import RemoteFiles
from jupyter_ml.compute.base import Capabilities, ComputeState
from jupyter_ml.compute.shared_files import SharedFiles
from jupyter_ml.schemas.base import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager

    from jupyter_ml.agent.line import Line


class AgentSettings(Schema):
    directory: str
    """With the archive of the agent, and where that listens."""
    python: str = sys.executable

    @property
    def command(self) -> list[str]:
        return [self.python, "-I", f"{self.directory}/agent.pyz"]

    def pid(self) -> int:
        """Return the pid of the agent that listens."""
        return int(Path(self.directory, "lock").read_text())

    def kill(self) -> None:
        """End that agent, if there is one."""
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(self.pid(), signal.SIGKILL)


@contextmanager
def agent_settings(python: str = sys.executable) -> Iterator[AgentSettings]:
    """Write the agent into a directory, and end at last what listens there."""
    with tempfile.TemporaryDirectory(prefix="a-") as directory:
        archive.create(Path(directory, "agent.pyz"))
        Path(directory, "root").mkdir()
        settings = AgentSettings(directory=directory, python=python)
        try:
            yield settings
        finally:
            settings.kill()


class _AgentCompute(AgentCompute):
    Settings: ClassVar[type[Schema]] = AgentSettings
    settings: AgentSettings

    async def create(self) -> None:
        pass

    async def start(self) -> None:
        await self.client.request("ping")

    async def state(self) -> ComputeState:
        return ComputeState.RUNNING


class RelayCompute(RemoteFiles, _AgentCompute):
    """A machine that shares nothing, as over SSH; its agent outlives the connection."""

    compute_type: ClassVar[str] = "relay"
    capabilities: ClassVar[Capabilities] = Capabilities()

    @property
    def root(self) -> PurePath:
        return PurePath(self.settings.directory, "root")

    @property
    def python(self) -> str:
        return sys.executable

    def reach(self) -> AbstractAsyncContextManager[Line]:
        return through_command([*self.settings.command, "relay", self.settings.directory])


class StdioCompute(RelayCompute):
    """The same, but the agent and its programs end with the connection."""

    compute_type: ClassVar[str] = "stdio"

    def reach(self) -> AbstractAsyncContextManager[Line]:
        return through_command(self.settings.command)


class SocketCompute(SharedFiles, _AgentCompute):
    """An agent of this machine, to which the streams of a program are passed."""

    compute_type: ClassVar[str] = "socket"
    capabilities: ClassVar[Capabilities] = Capabilities(shared_files=True)
    passes_descriptors: ClassVar[bool] = True

    def reach(self) -> AbstractAsyncContextManager[Line]:
        return through_socket(self.settings.directory)
