# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Send cells to a kernel, and receive its messages until each has finished."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from jupyter_ml.eventlog.writer import EventLogFullError
from jupyter_ml.executor.channels import receive
from jupyter_ml.executor.output_messages import OutputMessages, number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from jupyter_ml.executor.kernel import Kernel
    from jupyter_ml.executor.recorder import Recorder

__all__ = ["CellClient", "NoReplyError"]

REPLY_TIMEOUT_S = 60.0
"""Seconds to wait for the second of the two messages that end a cell: reply and idle status."""
UNFINISHED = "The kernel never reported that the cell has finished; some of its last outputs may be missing."

LATE = frozenset({"stream", "display_data", "update_display_data"})
"""Types of messages that tasks of a cell may still send while later cells run."""

_log = logging.getLogger("jupyter_ml.executor")


class NoReplyError(Exception):
    """The kernel is idle again, but has not replied."""


class CellClient:
    """Run cells on a kernel, and record what they output.

    nbclient's own method is not used: it polls whether the kernel is alive, and loses what asyncio tasks print after
    their cell has finished.

    Parameters
    ----------
    nb
        A prepared notebook.
    kernel
        The connected kernel.
    recorder
        Records outputs.
    on_output
        Called with each new output.

    Attributes
    ----------
    outputs : OutputMessages
        Records the outputs of cells.
    received : int
        Number of messages received.
    listener : asyncio.Future
        Receives messages; done only after an error.
    """

    def __init__(
        self,
        nb: NotebookNode,
        kernel: Kernel,
        recorder: Recorder,
        on_output: Callable[[NotebookNode], None] | None = None,
    ) -> None:
        self.outputs = OutputMessages(nb, kernel.client, recorder, on_output)
        self.received = self._answers = 0
        self._nb, self._kernel_client, self._recorder = nb, kernel.client, recorder
        self._positions: dict[str, int] = {}
        self._running = ""
        self._idle = asyncio.Event()
        self.listener = asyncio.ensure_future(self._listen())

    async def run(self, position: int) -> dict[str, Any]:
        """Run one cell and return the kernel's reply after its last output; NoReplyError if there is none."""
        cell = self._nb.cells[position]
        self._idle.clear()
        self.outputs.clear_before_next_output = False
        self._running = self._kernel_client.execute(cell.source, stop_on_error=False)
        self._positions[self._running] = position
        replied = asyncio.ensure_future(self._replied(self._running))
        idle = asyncio.ensure_future(self._idle.wait())
        try:
            await asyncio.wait({replied, idle}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({replied}, timeout=REPLY_TIMEOUT_S)  # a kernel replies before it is idle
            if not replied.done():
                raise NoReplyError
            if not await self._wait_for_idle(idle):
                self._recorder.warn(UNFINISHED, number_of(cell))
            self.outputs.flush()
            return dict(replied.result()["content"])
        finally:
            replied.cancel()
            idle.cancel()

    async def _replied(self, request: str) -> dict[str, Any]:
        while True:
            reply = await receive(self._kernel_client.get_shell_msg)
            if reply["parent_header"].get("msg_id") == request:
                return reply

    async def _wait_for_idle(self, idle: asyncio.Future[Any]) -> bool:
        """Wait for the idle status after a reply; return False if no message arrives any more."""
        before = -1
        while not idle.done() and before != self._answers:
            before = self._answers
            await asyncio.wait({idle}, timeout=REPLY_TIMEOUT_S)
        return idle.done()

    async def drain(self) -> None:
        """Wait until all messages of a kernel that has ended are recorded."""
        before, until = -1, asyncio.get_running_loop().time() + REPLY_TIMEOUT_S
        while before != self.received and asyncio.get_running_loop().time() < until:
            before = self.received
            await asyncio.wait({self.listener}, timeout=0.1)
        self.outputs.flush()

    def close(self) -> None:
        """Stop receiving messages."""
        self.listener.cancel()
        self.outputs.flush()

    async def _listen(self) -> None:
        async for message in self._kernel_client.broadcasts():
            parent = message["parent_header"].get("msg_id")
            self._answers += parent == self._running
            if parent in self._positions:
                self._handle(message, self._positions[parent], late=parent != self._running)
            self.received += 1

    def _handle(self, message: dict[str, Any], position: int, *, late: bool) -> None:
        kind = message["msg_type"]
        if late and kind not in LATE:
            return
        if kind == "status":
            content = message["content"]
            if isinstance(content, dict) and content.get("execution_state") == "idle":
                self._idle.set()
            return
        clearing = self.outputs.clear_before_next_output
        if late:  # a pending clear belongs to the running cell
            self.outputs.clear_before_next_output = False
        try:
            self.outputs.handle(message, position)
        except EventLogFullError:
            raise
        except Exception:  # noqa: BLE001 -- no message of a kernel may end the job
            cell = number_of(self._nb.cells[position])
            if self._recorder.warn(f"A message of the kernel ({kind}) is invalid and was ignored.", cell):
                _log.exception("a message of the type %r is invalid", kind)
        if late:
            self.outputs.clear_before_next_output = clearing
