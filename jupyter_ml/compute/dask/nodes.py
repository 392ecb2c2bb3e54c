# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A node of a cluster as a compute."""

from __future__ import annotations

import asyncio
import inspect
import io
from contextlib import asynccontextmanager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_ml.agent import free_ports
from jupyter_ml.compute.agents.client import AgentGoneError
from jupyter_ml.compute.agents.commands import run
from jupyter_ml.compute.agents.compute import AgentCompute
from jupyter_ml.compute.agents.remote_files import RemoteFiles
from jupyter_ml.compute.agents.runners import find_interpreter, send_runner
from jupyter_ml.compute.base import Capabilities
from jupyter_ml.compute.dask.calling import StoppedError, call, ensure, reach_node
from jupyter_ml.compute.shared_files import SharedFiles
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.distribution import NodeAddress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jupyter_ml.agent.line import Line
    from jupyter_ml.compute.dask.calling import Call
    from jupyter_ml.schemas.clusters import ClusterSettings

__all__ = ["ClusterNode", "RemoteNode", "SharedNode"]

RENEW_S = 0.5


class ClusterNode(AgentCompute):
    """A node that was reserved, until it is released.

    Parameters
    ----------
    name, settings, directory
        Of its cluster.
    held
        The connection to the manager that reserves it.
    about
        What the node has replied.
    kernel
        Whether a kernel uses it.
    """

    compute_type = "cluster"
    settings: ClusterSettings
    directory: Path

    def __init__(
        self,
        name: str,
        settings: ClusterSettings,
        directory: Path,
        held: Call,
        about: dict[str, Any],
        *,
        kernel: bool,
    ) -> None:
        super().__init__(name, settings)
        self.directory, self.about, self.node = directory, about, about["id"]
        self._held, self._kernel = held, kernel
        self._holding = asyncio.create_task(self._hold())

    async def create(self) -> None:
        """Do nothing: its cluster creates it."""

    async def start(self) -> None:
        """Do nothing: its cluster starts it."""

    async def state(self) -> ComputeState:
        """Return Running: it was reserved."""
        return ComputeState.RUNNING

    @asynccontextmanager
    async def reach(self) -> AsyncIterator[Line]:
        """Connect to its agent through the manager of the cluster, which is started again if it has ended."""
        try:
            await ensure(self.directory)
        except StoppedError as error:
            raise AgentGoneError(error) from None
        async with reach_node(self.directory, str(self.node)) as line:
            yield line

    async def address(self, ports: int) -> NodeAddress:
        """Return the address of its worker, which the other nodes of a cluster reach, and free ports."""
        host = urlsplit(self.about["address"]).hostname
        if host is None:
            raise UnavailableError(f"node {self.node} has no address for other nodes: {self.about['address']}")
        program = f"{inspect.getsource(free_ports)}\nprint(*free_ports({ports}))"
        printed = io.BytesIO()
        argv = [self.about["python"], "-I", "-c", program]
        await run(self.client, argv, what=f"node {self.node}: no free ports", stdout=printed)
        return NodeAddress(host=host, ports=[int(each) for each in printed.getvalue().split()])

    async def release(self) -> None:
        """Let the node be used by others, or be removed."""
        self._holding.cancel()
        await asyncio.wait([self._holding])
        self._held.close()
        self.client.close()

    async def _hold(self) -> None:
        """Reserve it again when the manager was replaced."""
        while True:
            with suppress(UnavailableError, OSError):
                await self._held.receive()
            self._held.close()
            await asyncio.sleep(RENEW_S)
            with suppress(UnavailableError, OSError):
                self._held, _ = await call(self.directory, do="hold", node=self.node, kernel=self._kernel)


class SharedNode(SharedFiles, ClusterNode):
    """A node that sees the files of this machine."""

    capabilities = Capabilities(shared_files=True)


class RemoteNode(RemoteFiles, ClusterNode):
    """A node that has copies of files, which are removed together with it."""

    capabilities = Capabilities()

    @property
    def root(self) -> PurePath:
        """Where its copies of files are."""
        return PurePath(self.about.get("directory", "/"), "files")

    @property
    def python(self) -> str | None:
        """The Python that runs jobs there; None if the node was lost before it had one."""
        return self.about.get("runner")

    async def send_packages(self) -> None:
        """Send the packages that run jobs, if they are not there."""
        interpreter = await find_interpreter(self.client, self.settings.python or self.about["python"])
        cache = PurePath(interpreter.home, ".cache", "jupyter-ml", "runner")
        self.about["runner"] = str(await send_runner(self.client, interpreter, cache))

    @property
    def variables(self) -> dict[str, str]:
        """Those of the node."""
        found: dict[str, str] = self.about.get("variables", {})
        return found
