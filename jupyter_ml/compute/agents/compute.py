# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Base class of computes whose processes are started by an agent."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from jupyter_ml.compute.agents.channels import AgentExposure
from jupyter_ml.compute.agents.client import AgentClient
from jupyter_ml.compute.agents.process import AgentProcess
from jupyter_ml.compute.agents.starting import start
from jupyter_ml.compute.agents.usage import machine_usage
from jupyter_ml.compute.base import Compute
from jupyter_ml.errors import GoneError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from jupyter_ml.agent.line import Line
    from jupyter_ml.compute.base import ComputeUsage
    from jupyter_ml.compute.exposure import Exposure
    from jupyter_ml.compute.process import Info, Process, ProcessSpec
    from jupyter_ml.schemas.base import Schema

__all__ = ["AgentCompute"]


class AgentCompute(Compute):
    """Starts programs through an agent.

    A subclass defines how its agent is reached (`jupyter_ml.compute.agents.reaching`), its life cycle, and whether it
    sees the files of this machine (`SharedFiles`) or has copies of them (`RemoteFiles`).
    """

    lost_after_s: ClassVar[float] = 600.0
    """How long the agent may be out of reach until its programs are taken for lost."""
    passes_descriptors: ClassVar[bool] = False
    """Whether the agent is reached by its socket, over which the streams of a program can be passed."""

    def __init__(self, name: str, settings: Schema) -> None:
        super().__init__(name, settings)
        self.client = AgentClient(name, self.reach)

    @abstractmethod
    def reach(self) -> AbstractAsyncContextManager[Line]:
        """Open a connection to the agent, which is started if there is none."""

    async def usage(self) -> ComputeUsage:
        """Return how busy the machine of the agent is, over a tenth of a second."""
        return await machine_usage(self.client)

    async def clock_ahead_s(self) -> float:
        """Return by how many seconds its clock is ahead; 0 where the reply took longer than that."""
        asked, began = time.time(), time.monotonic()
        about, _ = await self.client.request("about")
        took_s = time.monotonic() - began
        ahead_s: float = about.get("time", asked) - asked - took_s / 2  # an agent of an earlier version has none
        return ahead_s if abs(ahead_s) > took_s else 0.0

    async def spawn(self, spec: ProcessSpec) -> Process:
        """Start a program; see `Compute.spawn`."""
        return self._process(await start(self.client, spec, pass_descriptors=self.passes_descriptors))

    async def attach(self, info: Info) -> Process:
        """Return a handle on a program that this agent has started, or another one that has ended."""
        return self._process(info)

    def expose(self, key: str, target: Callable[[], Path]) -> Exposure:
        """Return a port of the compute that leads to a Unix socket of this machine; see `Compute.expose`."""
        return AgentExposure(self.client, key, target)

    async def kill_marked(self, marker: str) -> None:
        """Kill every process that carries the marker; see `Compute.kill_marked`."""
        try:
            await self.client.request("kill", marker=marker)
        except GoneError:
            pass  # with its programs
        except OSError as error:
            raise UnavailableError(str(error)) from error

    def _process(self, info: Info) -> AgentProcess:
        shared = self.capabilities.shared_files
        return AgentProcess(self.client, info, shared_files=shared, patience_s=self.lost_after_s)
