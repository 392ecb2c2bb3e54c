# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Running cells: sending them to a kernel, and listening to it until each is done."""

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

PATIENCE_S = 60.0
"""How long the second of the two messages that end a cell, reply and idle, is waited for."""
UNFINISHED = "The kernel never reported that it was done with the cell; some of its last outputs may be missing."

LATE = frozenset({"stream", "display_data", "update_display_data"})
"""Messages that a cell's tasks may still send when later cells run."""

_log = logging.getLogger("jupyter_ml.executor")


class NoReplyError(Exception):
    """The kernel is idle again, and has not replied."""


class CellClient:
    """Sends cells to a kernel and has what comes back written down.

    nbclient's own way of running a cell is not used: it polls for the death of the kernel, and loses what asyncio tasks
    print after their cell has ended.

    Parameters
    ----------
    nb
        A prepared notebook.
    kernel
        Connected.
    recorder
        Where outputs go.
    on_output
        Called with every new output.

    Attributes
    ----------
    outputs : OutputMessages
        Writes down what cells show.
    received : int
        Messages so far.
    listener : asyncio.Future
        Ends only by an error.
    """

    def __init__(
        self,
        nb: NotebookNode,
        kernel: Kernel,
        recorder: Recorder,
        on_output: Callable[[NotebookNode], None] | None = None,
    ) -> None:
        self.outputs = OutputMessages(nb, kernel.client, recorder, on_output)
        self.received = self._heard = 0
        self._nb, self._kernel_client, self._recorder = nb, kernel.client, recorder
        self._positions: dict[str, int] = {}
        self._running = ""
        self._idle = asyncio.Event()
        self.listener = asyncio.ensure_future(self._listen())

    async def run(self, position: int) -> dict[str, Any]:
        """Run one cell and return the kernel's reply, after its last output; NoReplyError where there is none."""
        cell = self._nb.cells[position]
        self._idle.clear()
        self.outputs.clear_before_next_output = False
        self._running = self._kernel_client.execute(cell.source, stop_on_error=False)
        self._positions[self._running] = position
        replied = asyncio.ensure_future(self._replied(self._running))
        idle = asyncio.ensure_future(self._idle.wait())
        try:
            await asyncio.wait({replied, idle}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({replied}, timeout=PATIENCE_S)  # a kernel replies before it is idle
            if not replied.done():
                raise NoReplyError
            if not await self._silence(idle):
                self._recorder.warn(UNFINISHED, number_of(cell))
            self.outputs.release()
            return dict(replied.result()["content"])
        finally:
            replied.cancel()
            idle.cancel()

    async def _replied(self, request: str) -> dict[str, Any]:
        while True:
            reply = await receive(self._kernel_client.get_shell_msg)
            if reply["parent_header"].get("msg_id") == request:
                return reply

    async def _silence(self, idle: asyncio.Future[Any]) -> bool:
        """Wait for the last message of a cell that has replied; False where the kernel only keeps silent."""
        before = -1
        while not idle.done() and before != self._heard:
            before = self._heard
            await asyncio.wait({idle}, timeout=PATIENCE_S)
        return idle.done()

    async def drain(self) -> None:
        """Wait until everything that a dead kernel has sent is written down."""
        before, until = -1, asyncio.get_running_loop().time() + PATIENCE_S
        while before != self.received and asyncio.get_running_loop().time() < until:
            before = self.received
            await asyncio.wait({self.listener}, timeout=0.1)
        self.outputs.release()

    def close(self) -> None:
        """Listen no more."""
        self.listener.cancel()
        self.outputs.release()

    async def _listen(self) -> None:
        async for message in self._kernel_client.broadcasts():
            parent = message["parent_header"].get("msg_id")
            self._heard += parent == self._running
            if parent in self._positions:
                self._take(message, self._positions[parent], late=parent != self._running)
            self.received += 1

    def _take(self, message: dict[str, Any], position: int, *, late: bool) -> None:
        kind = message["msg_type"]
        if late and kind not in LATE:
            return
        if kind == "status":
            content = message["content"]
            if isinstance(content, dict) and content.get("execution_state") == "idle":
                self._idle.set()
            return
        clearing = self.outputs.clear_before_next_output
        if late:  # a pending clear belongs to the cell that runs
            self.outputs.clear_before_next_output = False
        try:
            self.outputs.take(message, position)
        except EventLogFullError:
            raise
        except Exception:  # noqa: BLE001 -- whatever a kernel sends must not end the job
            cell = number_of(self._nb.cells[position])
            if self._recorder.warn(f"A message of the kernel ({kind}) could not be understood and was left out.", cell):
                _log.exception("a message of the type %r could not be understood", kind)
        if late:
            self.outputs.clear_before_next_output = clearing
