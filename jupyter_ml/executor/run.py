# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a prepared notebook on a kernel, and determine its outcome."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ml.executor.client import CellClient, NoReplyError
from jupyter_ml.executor.kernel import KernelStartError
from jupyter_ml.executor.outcome import (
    COMPLETED,
    Outcome,
    RunningCell,
    cell_raised,
    cell_timed_out,
    kernel_did_not_start,
    kernel_died,
    no_reply,
    shown_error,
)
from jupyter_ml.executor.output_messages import number_of
from jupyter_ml.executor.replies import NO_FAILURE, error_of_reply, exit_argument
from jupyter_ml.executor.usage import PeakMemory, sample
from jupyter_ml.memory import OutOfMemoryWatch
from jupyter_ml.notebooks.prepare import runs, skipped
from jupyter_ml.notebooks.reading import tags_of
from jupyter_ml.schemas.cells import CellPlace
from jupyter_ml.schemas.event_log import INJECTED, CellFinished, CellStarted, CellState, KernelStarted, MetadataChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from jupyter_ml.executor.attempt import Stop
    from jupyter_ml.executor.kernel import Kernel
    from jupyter_ml.executor.recorder import Recorder

__all__ = ["NotebookRun"]

INTERRUPT_GRACE_S = 0.7
"""Seconds for a cell to end after an interrupt of a run that is stopped, before its kernel is killed."""
TIMEOUT_GRACE_S = 5.0
"""The same for a cell that took too long: no user waits for its end, and its traceback shows where it was."""
STOPPED_GRACE_S = 0.5
"""Seconds for exit handlers in a run that was stopped."""
SHUTDOWN_GRACE_S = 10.0
"""Seconds for exit handlers after the last cell; MLflow writes its last metrics in one."""


class _EndedEarlyError(Exception):
    """The run ends before its last cell."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(kw_only=True)
class NotebookRun:
    """The run of a prepared notebook on its own kernel.

    Attributes
    ----------
    nb
        The prepared notebook.
    kernel
        A started kernel; `run` connects to it, and always stops it.
    recorder
        Records all events except the last.
    stop
        Ends the run early.
    cell_timeout
        Seconds for each cell.
    start_timeout
        Seconds for the kernel to answer.
    on_cell
        Called with a cell before (None) and after it ran.
    on_output
        Called with each new output.
    """

    nb: NotebookNode
    kernel: Kernel
    recorder: Recorder
    stop: Stop
    cell_timeout: float | None = None
    start_timeout: float = 60
    on_cell: Callable[[NotebookNode, CellState | None], None] | None = None
    on_output: Callable[[NotebookNode], None] | None = None
    _memory: OutOfMemoryWatch = field(init=False, default_factory=OutOfMemoryWatch)
    _prompt: int = field(init=False, default=1)

    async def run(self) -> Outcome:
        """Run all cells and return the outcome; EventLogFullError if the disk is full."""
        grace = 0.0
        try:
            client = await self._start()
            grace = SHUTDOWN_GRACE_S
            sampling = asyncio.ensure_future(sample([self.kernel.pid], self.recorder))
            try:
                await self._run_cells(client)
            finally:
                sampling.cancel()
                client.outputs.bars.begin(None)
                client.close()
                client.outputs.set_widgets_metadata()
                if "widgets" in self.nb.metadata:
                    self.recorder.emit(MetadataChanged, metadata={"widgets": self.nb.metadata["widgets"]})
        except _EndedEarlyError as early:
            if self.stop.done():
                grace = min(grace, STOPPED_GRACE_S)
            return early.outcome
        finally:
            await self.kernel.stop(grace)
        return COMPLETED

    async def _start(self) -> CellClient:
        connecting = asyncio.ensure_future(self.kernel.connect(self.start_timeout))
        await self._wait({connecting, self.stop}, None)
        if not connecting.done():
            connecting.cancel()
            raise _EndedEarlyError(self.stop.result())
        try:
            info = await connecting
        except KernelStartError as error:
            raise _EndedEarlyError(kernel_did_not_start(str(error), self.kernel.tail)) from error
        language = info.get("language_info", {})
        self.nb.metadata["language_info"] = language
        self.recorder.emit(KernelStarted, pid=self.kernel.pid, kernel_name=self.kernel.name)
        self.recorder.emit(MetadataChanged, metadata={"language_info": language})
        return CellClient(self.nb, self.kernel, self.recorder, self.on_output)

    async def _run_cells(self, client: CellClient) -> None:
        peak = PeakMemory(self.kernel.pid)
        for position, cell in enumerate(self.nb.cells):
            if skipped(cell):
                self.recorder.emit(CellFinished, cell=number_of(cell), state=CellState.SKIPPED, duration_s=0)
            if not runs(cell):
                continue
            if self.stop.done():
                raise _EndedEarlyError(self.stop.result())
            if self.on_cell:
                self.on_cell(cell, None)
            self.recorder.emit(CellStarted, cell=number_of(cell))
            client.outputs.bars.begin(number_of(cell))
            peak.reset()
            start = time.monotonic()
            ended = await self._run_cell(client, position)
            client.outputs.bars.begin(None)
            state = CellState.FAILED if ended and ended.state != "Completed" else CellState.COMPLETED
            self.recorder.emit(
                CellFinished,
                cell=number_of(cell),
                state=state,
                duration_s=time.monotonic() - start,
                peak_memory_bytes=peak.read(),
                execution_count=cell.execution_count,
            )
            if cell.execution_count is not None:
                self._prompt = cell.execution_count + 1
            if self.on_cell:
                self.on_cell(cell, state)
            if ended:
                raise _EndedEarlyError(ended)

    async def _run_cell(self, client: CellClient, position: int) -> Outcome | None:
        """Run one cell; return an outcome if the run ends with it."""
        cell = self.nb.cells[position]
        running = asyncio.ensure_future(client.run(position))
        try:
            await self._wait({running, self.kernel.exited, self.stop, client.listener}, self.cell_timeout)
            if client.listener.done():
                client.listener.result()
            if not running.done() and not self.kernel.exited.done():
                return await self._interrupt(client, running, cell)
            if not running.done():
                # the reply of a cell that ended its own kernel may not have arrived yet
                await self.kernel.kill()
                await client.drain()
            if not running.done():
                return kernel_died(self.kernel.exited.result(), self._memory.killed(), self._running(cell))
            return self._outcome_of_reply(running.result(), cell, client.outputs.errors.pop(position, None))
        except NoReplyError:
            await self.kernel.kill()
            return no_reply(self._running(cell))
        finally:
            running.cancel()

    async def _interrupt(self, client: CellClient, running: asyncio.Future[Any], cell: NotebookNode) -> Outcome:
        """Interrupt a cell, whose traceback then shows where it was, and kill the kernel if that fails."""
        stopped = self.stop.done()
        outcome = self.stop.result() if stopped else cell_timed_out(self.cell_timeout or 0)
        self.kernel.interrupt()
        ended = {running, self.kernel.exited, client.listener, *([] if stopped else [self.stop])}
        await self._wait(ended, INTERRUPT_GRACE_S if stopped else TIMEOUT_GRACE_S)
        if not running.done():
            await self.kernel.kill()
            await client.drain()
        return outcome.at(number_of(cell), cell.source)

    def _running(self, cell: NotebookNode) -> RunningCell:
        own = [number_of(each) for each in self.nb.cells if runs(each) and number_of(each) != INJECTED]
        number = number_of(cell)
        prompt = self._prompt if cell.execution_count is None else cell.execution_count
        position = own.index(number) + 1 if number in own else 0
        return RunningCell(number, cell.source, CellPlace(prompt, position, len(own)))

    @staticmethod
    async def _wait(futures: set[asyncio.Future[Any]], seconds: float | None) -> None:
        await asyncio.wait(futures, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def _outcome_of_reply(
        self, reply: dict[str, Any], cell: NotebookNode, shown: dict[str, Any] | None
    ) -> Outcome | None:
        """Return the outcome if the run ends with this reply; `shown` is the last error that the cell displayed."""
        expected = "raises-exception" in tags_of(cell)
        code = exit_argument(reply)
        if code is not None:
            error = {"ename": "SystemExit", "evalue": code, "traceback": []}
            return COMPLETED if code in NO_FAILURE else cell_raised(error, self._running(cell))
        if reply.get("status") == "ok" or expected:
            if shown and not expected:
                self.recorder.warn(shown_error(shown, self._running(cell)), number_of(cell))
            return None
        error = error_of_reply(reply, shown)
        if error["ename"] == "SystemExit" and error["evalue"] in NO_FAILURE:
            return COMPLETED  # as in papermill, sys.exit() completes the run
        return cell_raised(error, self._running(cell))
