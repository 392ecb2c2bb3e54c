# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A cluster whose nodes Dask deploys; a job runs on one of them, and is never a task of Dask."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_ml.compute.agents.client import AgentClient
from jupyter_ml.compute.agents.usage import machine_usage
from jupyter_ml.compute.base import Capabilities, Compute
from jupyter_ml.compute.commands import started
from jupyter_ml.compute.dask.calling import STARTED, call, connect, ensure, locked, reach_node
from jupyter_ml.compute.dask.nodes import RemoteNode, SharedNode
from jupyter_ml.errors import GoneError, InvalidInputError, UnavailableError
from jupyter_ml.schemas.clusters import ClusterSettings
from jupyter_ml.schemas.compute_states import ComputeState, ComputeUsage
from jupyter_ml.schemas.nodes import ComputeNodes, NodeState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence
    from pathlib import Path, PurePath

    from jupyter_ml.compute.dask.calling import Call
    from jupyter_ml.compute.dask.nodes import ClusterNode
    from jupyter_ml.compute.process import Info, Process, ProcessSpec
    from jupyter_ml.schemas.base import Schema

__all__ = ["Cluster"]

CONFIGURATION = "cluster.json"
NO_DASK = "clusters need Dask, which is not installed here: pip install 'jupyter-ml[dask]'"
WITHOUT_NODE = "used without a node that is reserved"
LOG_LINES = 1_000
CLOSE_S, LOOK_S = 60.0, 0.05
WRONG = 2
"""Exit code where a deployer is something else."""


class Cluster(Compute):
    """A number of nodes that follows the number of jobs. A process of its own manages them (`manager`)."""

    compute_type: ClassVar[str] = "cluster"
    title: ClassVar[str] = "Cluster"
    capabilities: ClassVar[Capabilities] = Capabilities(stops=True, scales=True, logs=True)
    Settings: ClassVar[type[Schema]] = ClusterSettings
    settings: ClusterSettings

    def __init__(self, name: str, settings: ClusterSettings) -> None:
        super().__init__(name, settings)
        self.capabilities = replace(self.capabilities, shared_files=settings.shares_files)  # type: ignore[misc]
        self._watch: Call | None = None
        self._watching: asyncio.Task[None] | None = None
        self._seen: tuple[int, str | None] = 0, None
        self._news = asyncio.Event()
        self._runners: dict[str, str] = {}
        self._clients: dict[str, AgentClient] = {}
        self._sending = asyncio.Lock()

    @property
    def most_jobs(self) -> int:
        """How many jobs it runs at the same time when it is as large as it may be."""
        return self.settings.most_jobs

    @property
    def most_nodes(self) -> int:  # type: ignore[override]
        """On how many nodes one job can run: it has them for itself."""
        return self.settings.max_instances if self.settings.jobs_per_node == 1 else 1

    @property
    def python(self) -> str | None:
        """The Python that runs jobs, where it is configured."""
        return self.settings.python

    @classmethod
    def require(cls) -> None:
        """Raise UnavailableError if Dask is not installed."""
        if importlib.util.find_spec("distributed") is None:
            raise UnavailableError(NO_DASK)

    async def check(self) -> None:
        """Raise UnavailableError if the deployer is not installed, InvalidInputError if it is no deployer."""
        if self.settings.address is None and self.settings.deployer != "local":
            argv = [sys.executable, "-P", "-m", "jupyter_ml.compute.dask", "--check", self.settings.deployer]
            # a process of its own, because dask_jobqueue replaces the handlers of signals when it is imported
            async with started(*argv, cwd="/", stdout=asyncio.subprocess.PIPE) as checking:
                printed = (await checking.communicate())[0].decode()
            if checking.returncode == WRONG:
                raise InvalidInputError(printed, field="deployer")
            if checking.returncode:
                raise UnavailableError(printed)

    async def create(self) -> None:
        """Write the configuration of the manager."""
        self._own.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = json.dumps(self.settings.model_dump(mode="json"))
        with open(os.open(self._own / CONFIGURATION, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: ASYNC230, PTH123
            file.write(content)

    async def start(self) -> None:
        """Start the manager, which deploys the first nodes."""
        (self._own / STARTED).touch(mode=0o600)
        try:
            await ensure(self._own)
        except BaseException:
            (self._own / STARTED).unlink(missing_ok=True)
            raise

    async def stop(self) -> None:
        """End all nodes with their programs, and the manager."""
        (self._own / STARTED).unlink(missing_ok=True)
        self._end_watch()
        if not self._own.exists():
            return
        with suppress(OSError, UnavailableError):
            closing = await connect(self._own, do="close")
            try:
                await closing.receive()
            finally:
                closing.close()
        async with asyncio.timeout(CLOSE_S):
            while (lock := locked(self._own)) is None:  # noqa: ASYNC110 -- of another process
                await asyncio.sleep(LOOK_S)
        os.close(lock)

    async def restart(self) -> None:
        """Replace the manager and all nodes, by those of the present settings."""
        await self.stop()
        await self.create()
        await self.start()

    async def delete(self) -> None:
        """End everything, and remove its files."""
        await self.stop()
        await asyncio.to_thread(shutil.rmtree, self._own, ignore_errors=True)

    async def state(self) -> ComputeState:
        """Return whether it was started; a manager that was killed is started again."""
        if not (self._own / STARTED).exists():
            return ComputeState.STOPPED
        await ensure(self._own)
        return ComputeState.RUNNING

    async def programs(self) -> int:
        """Return how many kernels run on its nodes."""
        return sum(each.kernels for each in (await self.nodes()).nodes)

    async def usage(self) -> ComputeUsage:
        """Return how busy the machines of its nodes are."""
        reached = NodeState.IDLE, NodeState.RUNNING
        found = [each.id for each in (await self.nodes()).nodes if each.id is not None and each.state in reached]
        if not found:
            return ComputeUsage(cpu_count=0, cpu_percent=0.0, memory_bytes=0, memory_total_bytes=0)
        self._clients = {node: self._clients.get(node) or self._client(node) for node in found}
        used = await asyncio.gather(*map(machine_usage, self._clients.values()))
        count = sum(each.cpu_count for each in used)
        return ComputeUsage(
            cpu_count=count,
            cpu_percent=sum(each.cpu_percent * each.cpu_count for each in used) / count,
            memory_bytes=sum(each.memory_bytes for each in used),
            memory_total_bytes=sum(each.memory_total_bytes for each in used),
        )

    def _client(self, node: str) -> AgentClient:
        return AgentClient(node, lambda: reach_node(self._own, node))

    async def logs(self) -> AsyncGenerator[str, None]:
        """Yield what the manager has logged last."""
        file = self._own / "manager.log"
        text = await asyncio.to_thread(file.read_text, errors="replace") if file.exists() else ""
        for line in text.splitlines()[-LOG_LINES:]:
            yield line

    async def nodes(self) -> ComputeNodes:
        """Return its nodes; none while it is stopped."""
        if not (self._own / STARTED).exists():
            return ComputeNodes()
        asked, reply = await call(self._own, do="nodes")
        asked.close()
        return ComputeNodes.model_validate(reply)

    async def scale(self, slots: int) -> int:
        """Ask for so many slots as long as this process lives, and return how many there are."""
        if self._watching is None or self._watching.done():
            self._end_watch()
            self._watch, reply = await call(self._own, do="watch", slots=slots)
            self._note(reply)
            self._watching = asyncio.create_task(self._follow(self._watch))
        elif self._watch is not None:
            self._watch.send(slots=slots)
        return self._seen[0]

    async def resized(self) -> str | None:
        """Wait until the slots or the reason for missing ones change, or the manager ends; return the reason."""
        await self._news.wait()
        self._news.clear()
        return self._seen[1]

    async def _follow(self, watch: Call) -> None:
        try:
            while True:
                self._note(await watch.receive())
        except UnavailableError:
            self._note({"ready": 0})

    def _note(self, received: dict[str, Any]) -> None:
        ready, nodes = received.pop("ready"), ComputeNodes.model_validate(received)
        waiting = [each for each in nodes.nodes if each.state == "preparing"]
        reasons = [nodes.message, *(each.message for each in waiting)]
        why = next((each for each in reasons if each), None)
        message = f"{len(waiting)} of {nodes.target} nodes are being prepared" if waiting else None
        seen = ready, f"{message}: {why}" if message and why else message or why
        if seen != self._seen:
            self._seen = seen
            self._news.set()

    def _end_watch(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        if self._watch is not None:
            self._watch.close()
        self._watching = self._watch = None

    async def reserve(self, node: str | None = None, *, kernel: bool = False) -> ClusterNode:
        """Return a node that stays until it is released; see `Compute.reserve`."""
        held, reply = await call(self._own, do="hold", node=node, kernel=kernel)
        about = reply["about"]
        about |= {"runner": found} if (found := self._runners.get(about["id"])) else {}
        kind = SharedNode if self.settings.shares_files else RemoteNode
        reserved = kind(self.name, self.settings, self._own, held, about, kernel=kernel)
        lost = "python" not in about  # attaching to its programs reports that
        if isinstance(reserved, RemoteNode) and reserved.python is None and not lost:
            try:
                async with self._sending:  # nodes with the same home directory have them then
                    await reserved.send_packages()
            except GoneError:  # attaching to its programs reports that
                return reserved
            except BaseException:
                await reserved.release()
                raise
            self._runners[str(reserved.node)] = str(reserved.python)
        return reserved

    async def reserve_all(self, count: int, nodes: Sequence[str] = ()) -> Sequence[ClusterNode]:
        """Reserve as many nodes for one job, or the ones on which it was started; see `Compute.reserve_all`."""
        if not nodes and count == 1:
            return [await self.reserve()]
        reserved: list[ClusterNode] = []
        async with AsyncExitStack() as stack:
            if not nodes:
                chosen, reply = await call(self._own, do="choose", count=count)
                stack.callback(chosen.close)
                nodes = reply["nodes"]
            try:
                for node in nodes:
                    reserved.append(await self.reserve(node))  # noqa: PERF401 -- for those that are there at an error
            except BaseException:
                await asyncio.gather(*(each.release() for each in reserved))
                raise
        return reserved

    async def kill_marked(self, marker: str) -> None:
        """Do nothing: what was started was started on a node that was reserved."""

    async def remove(self, local: Path) -> None:
        """Do nothing, as `kill_marked`."""

    def path(self, local: Path) -> PurePath:  # noqa: ARG002 -- files and programs are on nodes
        """Refuse: files are on nodes."""
        self._refuse(WITHOUT_NODE)

    async def send(self, local: Path) -> None:  # noqa: ARG002
        """Refuse: files are on nodes."""
        self._refuse(WITHOUT_NODE)

    async def fetch(self, local: Path, *, but: Collection[str] = ()) -> None:  # noqa: ARG002
        """Refuse: files are on nodes."""
        self._refuse(WITHOUT_NODE)

    async def spawn(self, spec: ProcessSpec) -> Process:  # noqa: ARG002
        """Refuse: programs start on nodes."""
        self._refuse(WITHOUT_NODE)

    async def attach(self, info: Info) -> Process:  # noqa: ARG002
        """Refuse: programs are on nodes."""
        self._refuse(WITHOUT_NODE)

    @property
    def _own(self) -> Path:
        assert self.directory is not None, "the workspace has given it none"
        return self.directory
