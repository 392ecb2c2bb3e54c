# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Serve the clients of an agent."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import time
from typing import TYPE_CHECKING

from jupyter_ml.agent.agent import Agent
from jupyter_ml.agent.forkserver import Forkserver
from jupyter_ml.agent.line import Line
from jupyter_ml.agent.processes import parent, start_time
from jupyter_ml.agent.reaching import peer

if TYPE_CHECKING:
    from jupyter_ml.agent.preloading import Preloaded

__all__ = ["IDLE_S", "Owner", "listen", "reserve", "serve_forks", "stdio"]

IDLE_S = 3600.0
"""After which an agent that listens, and has neither clients nor programs, ends."""
OWNER_S = 0.5
"""Between two looks at the owner of an agent."""
RETRY_S = 0.1
"""After a client could not be accepted."""


class Owner:
    """The process that holds the machine of an agent, such as the job of a queuing system."""

    def __init__(self, pid: int) -> None:
        self.pid, self._start_time = pid, start_time(pid)

    def runs(self) -> bool:
        """Return whether it has not ended."""
        try:
            return parent(self.pid) is not None and start_time(self.pid) == self._start_time
        except OSError:
            return False


async def stdio() -> None:
    """Serve one client on standard input and output; afterwards, or when this process is to end, end all programs."""
    loop, agent = asyncio.get_running_loop(), Agent()
    loop.add_signal_handler(signal.SIGCHLD, agent.reap)
    line = Line(os.dup(0), os.dup(1))
    with open(os.devnull, "r+b") as nothing:  # nothing else is to read or write them
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    serving = asyncio.ensure_future(agent.serve(line))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, serving.cancel)
    await asyncio.wait([serving])
    await agent.end_programs()


async def serve_forks(preloaded: Preloaded, idle_s: float) -> None:
    """Serve one client on standard input, a Unix socket, until it leaves or has not forked anything for a while.

    What was forked goes on afterwards.
    """
    loop, agent = asyncio.get_running_loop(), Forkserver(preloaded)
    loop.add_signal_handler(signal.SIGCHLD, agent.reap)
    descriptor = os.dup(0)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    serving = asyncio.ensure_future(agent.serve(Line(descriptor, descriptor, unix=True)))
    while not serving.done():
        await asyncio.wait([serving], timeout=idle_s / 4)
        if agent.runs():
            agent.forked_at = time.monotonic()
        elif time.monotonic() - agent.forked_at > idle_s:
            return


def reserve(directory: str) -> int | None:
    """Return a lock on a directory, as a file descriptor; None where another agent has it."""
    lock = os.open(f"{directory}/lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    os.ftruncate(lock, 0)
    os.write(lock, b"%d\n" % os.getpid())
    return lock


async def listen(
    directory: str, lock: int, idle_s: float, preloaded: Preloaded | None = None, owner: Owner | None = None
) -> None:
    """Serve clients of the same user on a socket in a private directory, until there is nothing left to do.

    With an owner it ends together with that, ends all programs then, and removes the directory, where their files are.
    """
    loop = asyncio.get_running_loop()
    agent = Agent() if preloaded is None else Forkserver(preloaded, f"{directory}/modules")
    agent.owner = owner.pid if owner else None
    loop.add_signal_handler(signal.SIGCHLD, agent.reap)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.setblocking(False)
        new, path = f"{directory}/new", f"{directory}/agent.sock"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
        listener.bind(new)
        os.chmod(new, 0o600)
        listener.listen(128)
        os.rename(new, path)  # now: a client that finds it can connect
        accepting = asyncio.ensure_future(_accept(listener, agent))
        await _until_idle(agent, idle_s, owner)
        accepting.cancel()
        if owner is not None:
            await agent.end_programs()
            shutil.rmtree(directory, ignore_errors=True)
            return
        os.unlink(path)
        os.close(lock)  # now another one can listen there
    while agent.busy() and not agent.ended:  # noqa: ASYNC110 -- only one that was retired
        await asyncio.sleep(1.0)


async def _until_idle(agent: Agent, idle_s: float, owner: Owner | None) -> None:
    busy_at = time.monotonic()
    look_s = min(idle_s / 4, OWNER_S if owner else 60.0)
    while time.monotonic() - busy_at < idle_s and (owner is None or owner.runs()):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(agent.retired.wait(), look_s)
            return
        busy_at = time.monotonic() if agent.busy() else busy_at


async def _accept(listener: socket.socket, agent: Agent) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            connection = (await loop.sock_accept(listener))[0]
        except OSError:  # the client has gone, or too many files are open: until some are closed
            await asyncio.sleep(RETRY_S)
            continue
        with connection:
            if peer(connection) in (0, os.geteuid()):  # root may do anything in any case
                descriptor = connection.detach()
                agent.clients.add(asyncio.ensure_future(agent.serve(Line(descriptor, descriptor, unix=True))))
