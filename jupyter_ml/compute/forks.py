# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fork programs of this Python from a process that has imported what they need, which saves the time for that.

The process, a forkserver, is an agent that belongs to this process and ends with it, or when it was not used for a
while; the programs go on. It is started in the background: until it is ready, and whenever anything about it fails,
programs are started as usual.
"""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import subprocess
import sys
import time
import uuid
from contextlib import asynccontextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.agent.environments import spacious
from jupyter_ml.agent.installed import installed_files
from jupyter_ml.agent.line import Line
from jupyter_ml.agent.reaching import program
from jupyter_ml.agent.surroundings import limits
from jupyter_ml.compute.agents.client import AgentClient
from jupyter_ml.compute.process import MARKER, Exit, Fork
from jupyter_ml.compute.streams import open_log
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jupyter_ml.compute.process import ProcessSpec

__all__ = ["Forked", "Forkserver"]

_log = logging.getLogger(__name__)

IDLE_S = 600.0
"""After which a forkserver ends that forks nothing and whose programs have ended."""
DELAY_S = 2.0
"""How long the first program has the processors for itself, before a forkserver is started behind it."""
PATIENCE_S = 10.0


class Forked(NamedTuple):
    """A program that was forked."""

    pid: int
    start_time: str
    ended: asyncio.Future[Exit | None]
    """How it ended; None when the forkserver has ended before."""


async def _ended(client: AgentClient, info: dict[str, Any]) -> Exit | None:
    try:
        reply, _ = await client.request("wait", program=info, patience_s=0)
    except (UnavailableError, OSError):
        return None
    return Exit(**reply)


class Forkserver:
    """Forks programs from a process that has imported what they need."""

    def __init__(self) -> None:
        self._client: AgentClient | None = None
        self._starting: asyncio.Task[None] | None = None
        self._failed_at = -math.inf
        self._preload, self._env, self._files = "", dict[str, str](), dict[str, int]()

    @property
    def ready(self) -> bool:
        """Whether it forks at once."""
        return self._client is not None and self._client.connected

    async def fork(self, spec: ProcessSpec, stdin: socket.socket) -> Forked | None:
        """Fork a program; None where it has to be started.

        Parameters
        ----------
        spec
            The program.
        stdin
            What it reads as its standard input: a fork that this process does not learn of finds nothing in it.

        Raises
        ------
        OSError, UnavailableError
            When it may have been forked nevertheless, and has to be killed before it is started.
        """
        if not isinstance(spec.fork, Fork) or sys.platform != "linux":
            return None
        files = await asyncio.to_thread(installed_files)
        if not self.ready or files != self._files:
            self._start(spec, files)
            return None
        if spec.fork.preload != self._preload:
            return None
        assert self._client is not None
        with open_log(spec.log) as log:
            given: dict[str, Any] = {"key": uuid.uuid4().hex, "call": spec.fork.call, "arguments": spec.fork.arguments}
            given |= {"cwd": str(spec.cwd), "env": {**spec.env, MARKER: spec.marker}, "limits": limits()}
            descriptors = (stdin.fileno(), log.fileno(), log.fileno())
            async with asyncio.timeout(PATIENCE_S):
                info, _ = await self._client.request("fork", **given, once=True, descriptors=descriptors, patience_s=0)
        if "refused" in info:
            _log.info("%s is started, not forked: %s", spec.marker, info["refused"])
            return None
        program = {"key": given["key"], "marker": spec.marker, **info}
        return Forked(info["pid"], info["start_time"], asyncio.ensure_future(_ended(self._client, program)))

    def _start(self, spec: ProcessSpec, files: dict[str, int]) -> None:
        """Start another one, unless that has just failed; the former one ends when it is idle."""
        if self._starting is not None and not self._starting.done():
            return
        if time.monotonic() - self._failed_at < IDLE_S and files == self._files:
            return
        assert isinstance(spec.fork, Fork)
        self._preload, self._env, self._files = spec.fork.preload, spec.env, files
        self._client = AgentClient("local", partial(_started, self._preload, self._env))
        self._starting = asyncio.create_task(self._connect(self._client))

    async def _connect(self, client: AgentClient) -> None:
        await asyncio.sleep(DELAY_S)
        try:
            await client.request("ping", patience_s=0)
        except (OSError, UnavailableError) as error:
            _log.warning("programs are not forked: %s", error)
            self._failed_at = time.monotonic()


@asynccontextmanager
async def _started(preload: str, env: dict[str, str]) -> AsyncIterator[Line]:
    ours, theirs = socket.socketpair()
    with theirs:
        argv = [*program(), "fork", str(IDLE_S), preload]
        try:
            process = _run(argv, spacious(env), theirs.fileno())
            Thread(target=process.wait, daemon=True).start()  # whatever is cancelled, it is waited for
        except BaseException:
            ours.close()
            raise
    line = Line((descriptor := ours.detach()), descriptor, unix=True)
    try:
        yield line
    finally:
        line.close()  # at which it ends


def _run(argv: list[str], env: dict[str, str], stdin: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        argv, cwd="/", env=env, stdin=stdin, stdout=subprocess.DEVNULL, stderr=None, start_new_session=True
    )
