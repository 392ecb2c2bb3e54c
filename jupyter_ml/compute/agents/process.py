# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A program that an agent has started."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.agents.channels import Forwarding
from jupyter_ml.compute.process import Exit, Process
from jupyter_ml.errors import GoneError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import PurePath

    from jupyter_ml.compute.agents.client import AgentClient
    from jupyter_ml.compute.process import Info

__all__ = ["AgentProcess"]


class AgentProcess(Process):
    """A program that an agent has started, or another one that has ended on the same machine.

    Parameters
    ----------
    client
        Its agent.
    info
        What identifies it: ``key``, ``pid``, ``start_time`` and ``marker``.
    shared_files
        Whether paths of the compute are valid on this machine.
    patience_s
        How long the agent may be out of reach until the program is taken for lost.
    """

    def __init__(self, client: AgentClient, info: Info, *, shared_files: bool, patience_s: float) -> None:
        self._client, self._info = client, info
        self._shared_files, self._patience_s = shared_files, patience_s
        self._forwardings: list[Forwarding] = []
        self._ended = asyncio.ensure_future(self._wait())
        self._ended.add_done_callback(lambda _: self._close())

    async def _wait(self) -> Exit:
        try:
            reply, _ = await self._client.request("wait", program=self._info, patience_s=self._patience_s)
        except (UnavailableError, OSError) as error:
            return Exit(lost=str(error), unreachable=True)
        return Exit(**reply)

    @property
    def exit(self) -> Exit | None:
        """How it ended, as far as the agent has reported it."""
        return self._ended.result() if self._ended.done() and not self._ended.cancelled() else None

    async def wait(self) -> Exit:
        """Wait for its end; `Exit.lost` when the agent is out of reach for too long."""
        return await asyncio.shield(self._ended)

    async def signal(self, number: int) -> None:
        """Send a signal to the program itself, once."""
        await self._client.request("signal", program=self._info, number=number, key=uuid.uuid4().hex)

    async def kill(self) -> None:
        """Kill the program and every process that carries its marker; see `Process.kill`."""
        self._close()
        try:
            await self._client.request("kill", marker=self._info["marker"], program=self._info)
        except GoneError:
            pass  # with its programs
        except OSError as error:
            raise UnavailableError(str(error)) from error
        await self.wait()

    async def follow(self, file: PurePath, offset: int = 0) -> AsyncGenerator[bytes, None]:
        """Yield what is appended to a file; see `Process.follow`. UnavailableError as for `AgentClient.request`."""
        while True:
            where: dict[str, Any] = {"path": str(file), "offset": offset, "program": self._info}
            _, piece = await self._client.request("read", **where, patience_s=self._patience_s)
            if not piece:
                return
            offset += len(piece)
            yield piece

    async def connect(self, socket: PurePath) -> Path:
        """Return the path of a socket on this machine that leads to one of the program, until that ends."""
        if self._shared_files:
            return Path(socket)
        forwarding = Forwarding(self._client, str(socket))
        self._forwardings.append(forwarding)
        return forwarding.open()

    def info(self) -> Info:
        """Return what identifies it."""
        return self._info

    def _close(self) -> None:
        while self._forwardings:
            self._forwardings.pop().close()
