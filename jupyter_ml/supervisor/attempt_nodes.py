# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The nodes on which the executors of one attempt run: one, or several that end together."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import Process
from jupyter_ml.schemas.command_job import CommandJob
from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.exit_codes import EXIT_CANCELED, EXIT_COMPLETED
from jupyter_ml.supervisor.mirroring import Mirror
from jupyter_ml.supervisor.remote_tracking import RemoteTracking

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
    from pathlib import Path, PurePath
    from typing import Any

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Exit, Info, ProcessSpec
    from jupyter_ml.schemas.distribution import NodeAddress
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.supervisor.threads import Threads
    from jupyter_ml.tracking.rest import TrackingServer

__all__ = ["AttemptNode", "ExecutorGroup", "addresses_of", "nodes_of", "where"]

END_S = 3.0
"""How long executors may take to end before they are killed; their processes have a second after SIGTERM."""


def nodes_of(job: Job) -> int:
    """Return on how many nodes a job runs."""
    return job.spec.resources.instance_count if job.spec is not None else 1


async def addresses_of(job: Job, nodes: Sequence[AttemptNode]) -> list[NodeAddress]:
    """Return how the nodes of an attempt reach each other, if there are several."""
    if len(nodes) == 1:
        return []
    assert isinstance(job.spec, CommandJob)
    assert job.spec.distribution is not None
    ports = [job.spec.distribution.ports(number, len(nodes)) for number in range(len(nodes))]
    return [*await asyncio.gather(*(node.compute.address(each) for node, each in zip(nodes, ports, strict=True)))]


def where(nodes: Iterable[AttemptNode]) -> Info:
    """Return on which nodes an attempt runs, and its processes as far as they have started."""
    first, *others = (
        {
            **({"node": each.compute.node} if each.compute.node is not None else {}),
            **(each.process.info() if each.process else {}),
        }
        for each in nodes
    )
    return {**first, **({"others": others} if others else {})}


class AttemptNode:
    """A node on which an executor of an attempt runs.

    Parameters
    ----------
    threads, tracking_server
        Of the supervisor.
    compute, folder
        Where the executor runs, and its directory on this machine.

    Attributes
    ----------
    compute, folder
        As given.
    mirror : Mirror
        Keeps the directory like that on the node.
    tracking : RemoteTracking
        Lets its programs log to MLflow.
    process : Process or None
        Its executor.
    """

    def __init__(
        self, threads: Threads, tracking_server: TrackingServer, compute: Compute, folder: AttemptFolder
    ) -> None:
        self.compute, self.folder = compute, folder
        self.mirror = Mirror(compute, threads, folder)
        self.tracking = RemoteTracking(compute, tracking_server, folder, f"{folder.path}")
        self.process: Process | None = None

    async def send(self, executor: ProcessSpec) -> ProcessSpec:
        """Bring there what the executor needs, and return the one to start."""
        executor = await self.tracking.open(await self.mirror.send(executor))
        if ahead_s := await self.compute.clock_ahead_s():
            given = replace(ExecutorInput.decode(executor.stdin), clock_ahead_s=ahead_s)
            executor = replace(executor, stdin=given.encode())
        return executor

    async def spawn(self, executor: ProcessSpec) -> None:
        """Start the executor."""
        self.process = await self.compute.spawn(executor)

    async def kill(self, *, supervised: bool) -> None:
        """Kill what is left there, sockets included; a program that the supervisor has not started is not ours."""
        if self.process is None or not supervised:
            await self.compute.kill_marked(f"{self.folder.path}")
        else:
            await self.process.kill()
        self.folder.remove_sockets()

    async def release(self) -> None:
        """Leave the node, and the port of its programs to the next supervisor."""
        await self.tracking.release()
        await self.compute.release()


class ExecutorGroup(Process):
    """The executors of an attempt on several nodes as one process, which ends when all have ended.

    When one fails, or its node is lost, the others are ended.

    Attributes
    ----------
    failed : int or None
        The first one that has failed.
    """

    def __init__(self, processes: Sequence[Process]) -> None:
        self._processes = processes
        self.failed: int | None = None
        self._ended = asyncio.ensure_future(self._wait())

    async def _wait(self) -> Exit:
        numbers = {asyncio.ensure_future(each.wait()): number for number, each in enumerate(self._processes)}
        pending = {*numbers}
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            # where a supervisor finds several, one that was ended by a signal was not the first
            codes = {numbers[each]: each.result().code for each in done}
            failed = sorted((code == EXIT_CANCELED, each) for each, code in codes.items() if code != EXIT_COMPLETED)
            if failed and self.failed is None:
                self.failed = failed[0][1]
                await self._end([self._processes[numbers[each]] for each in pending])
        ended = self._processes[self.failed or 0].exit
        assert ended is not None
        return ended

    async def _end(self, processes: Sequence[Process]) -> None:
        """End executors; those that do not end are killed."""
        waiting = asyncio.gather(*(each.wait() for each in processes))
        await _all((each.signal(signal.SIGTERM) for each in processes), END_S)
        await asyncio.wait([waiting], timeout=END_S)
        await _all((each.kill() for each in processes if each.exit is None), None)

    @property
    def exit(self) -> Exit | None:
        """How the first one that has failed ended, or the executor of the first node."""
        return self._ended.result() if self._ended.done() and not self._ended.cancelled() else None

    async def wait(self) -> Exit:
        """Wait for the end of all."""
        return await asyncio.shield(self._ended)

    async def signal(self, number: int) -> None:
        """Send a signal to all."""
        await _all((each.signal(number) for each in self._processes), END_S)

    async def kill(self) -> None:
        """Kill all."""
        await asyncio.gather(*(each.kill() for each in self._processes))

    def follow(self, file: PurePath, offset: int = 0) -> AsyncGenerator[bytes, None]:
        """Yield what is appended to a file of the first node."""
        return self._processes[0].follow(file, offset)

    async def connect(self, socket: PurePath) -> Path:
        """Return a path that leads to a socket of the first node."""
        return await self._processes[0].connect(socket)

    def info(self) -> Info:
        """Return what identifies the first one."""
        return self._processes[0].info()


async def _all(calls: Iterable[Coroutine[Any, Any, None]], timeout_s: float | None) -> None:
    """Call nodes at the same time; one that does not reply holds up nothing, since its executor is taken for lost."""
    if tasks := [asyncio.ensure_future(each) for each in calls]:
        await asyncio.wait(tasks, timeout=timeout_s)
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
