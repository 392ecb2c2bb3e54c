# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The machine that Jupyter ML runs on, as a compute."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import psutil

from jupyter_ml.agent.processes import start_time
from jupyter_ml.compute.base import Capabilities, ComputeState, ComputeUsage, NoSettings
from jupyter_ml.compute.following import follow
from jupyter_ml.compute.forks import Forkserver
from jupyter_ml.compute.gpus import gpu_ids, gpu_usage
from jupyter_ml.compute.kernel_forks import fork_notebook_kernel
from jupyter_ml.compute.marked_processes import kill_marked
from jupyter_ml.compute.process import MARKER, Exit, KernelFork, Process, ProcessSpec
from jupyter_ml.compute.shared_files import SharedFiles
from jupyter_ml.compute.streams import open_log, read_in_time, send_at_once, send_input
from jupyter_ml.errors import UnavailableError
from jupyter_ml.memory import OutOfMemoryWatch, memory_limit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import PurePath

    from jupyter_ml.compute.forks import Forked
    from jupyter_ml.compute.process import Info
    from jupyter_ml.schemas.base import Schema

__all__ = ["LocalCompute"]

_log = logging.getLogger(__name__)

_POLL_S = 0.05
"""Interval between two looks at a process where the system has no pidfd (macOS)."""


def _start_time(pid: int) -> str:
    """Return what distinguishes a process from a later one with the same pid.

    Raises
    ------
    psutil.NoSuchProcess
        When there is no such process.
    """
    if sys.platform != "linux":
        return str(psutil.Process(pid).create_time())
    try:
        return start_time(pid)  # psutil adds the time of the boot, which changes whenever the clock is set
    except ProcessLookupError:
        raise psutil.NoSuchProcess(pid) from None


class _LocalProcess(Process):
    """A program on this machine; a child of this process, or one that another process has spawned."""

    def __init__(self, *, pid: int, birth: str, marker: str, child: subprocess.Popen[bytes] | None = None) -> None:
        self._pid, self._birth, self._marker, self._child = pid, birth, marker, child
        self._memory = OutOfMemoryWatch(pid)
        self._exit: Exit | None = None

    @property
    def exit(self) -> Exit | None:
        if self._child:
            if self._exit is None and (code := self._child.poll()) is not None:
                ended = Exit.of(code)
                # only now: what the system kills later was another program
                self._exit = replace(ended, out_of_memory=ended.signal == "SIGKILL" and self._memory.killed())
            return self._exit
        with suppress(psutil.NoSuchProcess):
            if _start_time(self._pid) == self._birth and psutil.Process(self._pid).status() != psutil.STATUS_ZOMBIE:
                return None
        return Exit(lost="it was started by another process, which alone could learn how it ended")

    async def wait(self) -> Exit:
        while True:
            try:
                descriptor = os.pidfd_open(self._pid) if sys.platform == "linux" else None
            except ProcessLookupError:
                descriptor = None
            try:
                if (ended := self.exit) is not None:  # after the descriptor was opened: it is that of this process
                    return ended
                await (asyncio.sleep(_POLL_S) if descriptor is None else _readable(descriptor))
            finally:
                if descriptor is not None:
                    os.close(descriptor)

    async def signal(self, number: int) -> None:
        if self.exit is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)

    async def kill(self) -> None:
        # by its pid too, since a program may overwrite its environment
        await asyncio.to_thread(kill_marked, self._marker, self._pid if self.exit is None else None)
        self.exit  # noqa: B018 -- collects the child

    def follow(self, file: PurePath, offset: int = 0) -> AsyncGenerator[bytes, None]:
        return follow(Path(file), offset, self)

    async def connect(self, socket: PurePath) -> Path:
        return Path(socket)

    def info(self) -> Info:
        return {"pid": self._pid, "birth": self._birth, "marker": self._marker}


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


class _ForkedProcess(_LocalProcess):
    """A program that the forkserver of this process has forked, which reports its end."""

    def __init__(self, forked: Forked, marker: str) -> None:
        super().__init__(pid=forked.pid, birth=forked.start_time, marker=marker)
        self._ended = forked.ended

    @property
    def exit(self) -> Exit | None:
        if not self._ended.done() or self._ended.cancelled():
            return None
        return self._ended.result() or super().exit

    async def wait(self) -> Exit:
        return await asyncio.shield(self._ended) or await super().wait()

    async def kill(self) -> None:
        await super().kill()
        await self.wait()


class LocalCompute(SharedFiles):
    """Starts programs as processes of this machine, which is always ready."""

    compute_type: ClassVar[str] = "local"
    capabilities: ClassVar[Capabilities] = Capabilities(shared_files=True)

    def __init__(self, name: str = "local", settings: Schema | None = None) -> None:
        super().__init__(name, settings or NoSettings())
        self._children: dict[tuple[int, str], _LocalProcess] = {}
        self._forkserver = Forkserver()

    async def create(self) -> None:
        """Do nothing: this machine exists."""

    async def start(self) -> None:
        """Do nothing: this machine runs."""

    async def state(self) -> ComputeState:
        """Return Running."""
        return ComputeState.RUNNING

    def gpus(self) -> tuple[str, ...]:
        """Return the GPUs of this machine, as they were at the first call."""
        return self._gpus

    @cached_property
    def _gpus(self) -> tuple[str, ...]:
        return gpu_ids()

    def memory_limit(self) -> int | None:
        """Return the limit of the control group of this process, or the memory of this machine."""
        return memory_limit()

    async def usage(self) -> ComputeUsage:
        """Return how busy this machine is, since the previous call or over a tenth of a second."""
        memory = psutil.virtual_memory()
        percent = await asyncio.to_thread(psutil.cpu_percent, 0.1)
        return ComputeUsage(
            cpu_count=psutil.cpu_count() or 1,
            cpu_percent=percent,
            memory_bytes=memory.total - memory.available,
            memory_total_bytes=memory.total,
            gpus=await asyncio.to_thread(gpu_usage) if self._gpus else [],
        )

    async def spawn(self, spec: ProcessSpec) -> Process:
        """Start a program; see `Compute.spawn`."""
        # a socket, because other processes of the user could open a file or a pipe by its path in /proc
        ours, theirs = socket.socketpair()
        with ours:
            ours.setblocking(False)
            sent = 0
            with theirs:
                process = await self._fork(spec, theirs)
                if process is None:
                    sent = send_at_once(ours, spec.stdin)
                    child = await asyncio.to_thread(_start, spec, theirs.fileno())
                    birth = _start_time(child.pid)
                    process = _LocalProcess(pid=child.pid, birth=birth, marker=spec.marker, child=child)
            self._children = {key: each for key, each in self._children.items() if each.exit is None}
            self._children[process.info()["pid"], process.info()["birth"]] = process
            try:
                await read_in_time(send_input(ours, spec.stdin[sent:]))
            except UnavailableError:
                await process.kill()
                raise
        return process

    async def _fork(self, spec: ProcessSpec, stdin: socket.socket) -> _LocalProcess | None:
        """Fork a program; None where it has to be started, which is safe whatever has happened."""
        fork = fork_notebook_kernel if isinstance(spec.fork, KernelFork) else self._forkserver.fork
        try:
            forked = await fork(spec, stdin)
        except (OSError, UnavailableError) as error:
            _log.warning("%s is started, because it could not be forked: %s", spec.marker, error)
            await self.kill_marked(spec.marker)
            return None
        return None if forked is None else _ForkedProcess(forked, spec.marker)

    async def attach(self, info: Info) -> Process:
        """Find a program again; see `Compute.attach`. How a child of this process has ended is known."""
        return self._children.get((info["pid"], info["birth"])) or _LocalProcess(**info)

    def current(self, marker: str) -> Process:
        """Return a handle on this very process, for another one to `attach` to; it does not carry the marker."""
        return _LocalProcess(pid=os.getpid(), birth=_start_time(os.getpid()), marker=marker)

    async def kill_marked(self, marker: str) -> None:
        """Kill every process that carries the marker; see `Compute.kill_marked`."""
        await asyncio.to_thread(kill_marked, marker)


def _start(spec: ProcessSpec, stdin: int) -> subprocess.Popen[bytes]:
    with open_log(spec.log) as log:
        return subprocess.Popen(
            spec.argv,
            cwd=spec.cwd,
            env={**spec.env, MARKER: spec.marker},
            stdin=stdin,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
