# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Send requests to an agent, across breaks of the connection."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.frames import VersionError
from jupyter_ml.errors import GoneError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractAsyncContextManager

    from jupyter_ml.agent.line import Line

__all__ = ["AgentClient", "AgentGoneError"]

PATIENCE_S = 60.0
"""How long a request waits for a connection."""
PING_S = 20.0
"""After so long without a frame the agent is asked for one; after as long again the connection is taken for dead."""
_LOOP_ENDS = "the event loop ends"
_SHORTEST_S, _LONGEST_S = 0.05, 5.0
"""Between two attempts to connect."""


class AgentGoneError(Exception):
    """There is no agent any more, as a way to reach it reports: nothing is to be waited for."""


@dataclass(eq=False)
class _Request:
    head: dict[str, Any]
    body: bytes
    descriptors: Collection[int]
    patience_s: float
    reply: asyncio.Future[tuple[dict[str, Any], bytes]]
    once: bool
    sent_to: str | None = None
    """The identity of the agent to which it was sent first."""
    waits_since: float = field(default_factory=time.monotonic)
    """Since when it has no connection."""


class AgentClient:
    """A connection to an agent, made when it is needed and made again when it breaks.

    What was not replied to is requested again, which is safe, because every request can be repeated.

    Parameters
    ----------
    name
        What the agent belongs to, for messages.
    reach
        Opens a connection.
    """

    def __init__(self, name: str, reach: Callable[[], AbstractAsyncContextManager[Line]]) -> None:
        self._name, self._reach = name, reach
        self._numbers = itertools.count()
        self._pending: dict[int, _Request] = {}
        self._line: Line | None = None
        self._agent = ""
        self._running: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a connection, so that a request is sent at once."""
        return self._line is not None

    async def request(
        self,
        do: str,
        *,
        body: bytes = b"",
        descriptors: Collection[int] = (),
        patience_s: float = PATIENCE_S,
        once: bool = False,
        **parameters: Any,
    ) -> tuple[dict[str, Any], bytes]:
        """Return the reply to a request, and its body.

        Parameters
        ----------
        do, parameters
            The request: a method ``do_NAME`` of `jupyter_ml.agent.agent.Agent`, and its arguments.
        body
            Bytes that belong to it.
        descriptors
            File descriptors to pass to an agent of this machine; they have to be open until the reply.
        patience_s
            How long to wait for a connection before and whenever there is none.
        once
            Whether another agent must not be asked, because the first one may have done it before it ended.

        Raises
        ------
        GoneError
            When there is no agent any more.
        UnavailableError
            When there is no connection for that long, the agent speaks another version of the protocol, or the event
            loop ends.
        OSError
            When the agent could not do it, or whether it did `once` cannot be known.
        """
        running = self._running
        if running and running.cancelled() and running.get_loop() is asyncio.get_running_loop():
            raise UnavailableError(f"the agent of compute {self._name!r} cannot be reached: {_LOOP_ENDS}")
        number = next(self._numbers)
        head, reply = {"id": number, "do": do, **parameters}, asyncio.get_running_loop().create_future()
        request = self._pending[number] = _Request(head, body, descriptors, patience_s, reply, once)
        try:
            if running is None or running.done():
                self._running = asyncio.create_task(self._run())
            elif self._line:
                await self._send(self._line, request)
            content, data = await request.reply
        except asyncio.CancelledError:
            if self._line and (reply.cancelled() or not reply.done()):  # it is cancelled with what waits for it
                await self._line.send({"do": "cancel", "request": number})
            raise
        finally:
            del self._pending[number]
        if "error" in content:
            raise OSError(content["error"])
        return content, data

    def close(self) -> None:
        """End the connection; nothing can be requested afterwards."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        try:
            await self._keep_connected()
        finally:  # nothing else would end the requests of tasks that clean up when all tasks are cancelled
            self._give_up(RuntimeError(_LOOP_ENDS), at_once=True)

    async def _keep_connected(self) -> None:
        """Keep a connection as long as requests wait for replies."""
        pause = _SHORTEST_S
        while True:
            try:
                async with self._reach() as line:
                    async with asyncio.timeout(PATIENCE_S):
                        self._agent = await line.greet()
                    pause = _SHORTEST_S
                    await self._converse(line)
            except AgentGoneError as error:
                self._give_up(error, at_once=True, kind=GoneError)
            except VersionError as error:
                self._give_up(error, at_once=True)
            except Exception as error:  # noqa: BLE001 -- such as those of a library that connects
                self._give_up(error)
            if not self._pending:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_S)

    async def _converse(self, line: Line) -> None:
        waiting, self._line = list(self._pending.values()), line
        try:
            for request in waiting:
                await self._send(line, request)
            while True:
                head, body = await self._receive(line)
                replied = self._pending.get(head.pop("id", None))
                if replied and not replied.reply.done():
                    replied.reply.set_result((head, body))
        finally:
            self._line = None
            for request in self._pending.values():
                request.waits_since = time.monotonic()

    async def _send(self, line: Line, request: _Request) -> None:
        if request.reply.done():
            return
        if request.once and request.sent_to not in (None, self._agent):
            message = f"the agent of compute {self._name!r} has ended, perhaps after it did what was requested"
            request.reply.set_exception(OSError(message))
            return
        request.sent_to = self._agent
        await line.send(request.head, request.body, request.descriptors)

    async def _receive(self, line: Line) -> tuple[dict[str, Any], bytes]:
        try:
            async with asyncio.timeout(PING_S):
                return (await line.receive())[:2]
        except TimeoutError:
            await line.send({"id": None, "do": "ping"})
        async with asyncio.timeout(PING_S):
            return (await line.receive())[:2]

    def _give_up(
        self, error: Exception, *, at_once: bool = False, kind: type[UnavailableError] = UnavailableError
    ) -> None:
        """Fail the requests that have waited for a connection as long as they may."""
        now = time.monotonic()
        for request in self._pending.values():
            if not request.reply.done() and (at_once or now - request.waits_since > request.patience_s):
                message = f"the agent of compute {self._name!r} cannot be reached: {error or type(error).__name__}"
                request.reply.set_exception(kind(message))
