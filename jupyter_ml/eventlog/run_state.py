# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compute the state of a run from the events in its event log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.cells import CellPlace
from jupyter_ml.schemas.event_log import (
    INJECTED,
    AttemptEvent,
    CellFinished,
    CellStarted,
    CellState,
    Ended,
    ExecutorStarted,
    KernelStarted,
    MetadataChanged,
    Progressed,
    Sample,
    Usage,
)
from jupyter_ml.schemas.jobs import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CellRun", "RunState"]


@dataclass
class CellRun:
    """The run of one cell.

    Attributes
    ----------
    started_at
        Seconds since the epoch; None before its start.
    finished
        Its last event.
    """

    started_at: float | None = None
    finished: CellFinished | None = None

    @property
    def running(self) -> bool:
        """Whether it has started and not finished."""
        return self.started_at is not None and self.finished is None


@dataclass
class RunState:
    """The state of one attempt; `apply` is the only place that knows what each event changes.

    Outputs are not part of it: they can be larger than memory, and stay in the event log (`eventlog.outputs`).

    Attributes
    ----------
    started_at
        When the executor started, in seconds since the epoch.
    running
        Whether the kernel, or the command's process, has started.
    planned
        Indices of the cells to run, in order; skipped cells are not among them.
    cells
        The cells that have started or were skipped, by index in the submitted notebook.
    usage
        The last measurement.
    bar
        The outermost progress bar of the running cell or of the command.
    prompt
        Prompt number of the cell that runs, or of the next one.
    metadata
        New values of keys in the notebook's metadata.
    ended
        How it ended; an end that is followed by another event does not count.
    """

    started_at: float | None = None
    running: bool = False
    planned: list[int] = field(default_factory=list)
    cells: dict[int, CellRun] = field(default_factory=dict)
    usage: Usage | None = None
    bar: Progressed | None = None
    prompt: int = 1
    metadata: dict[str, Any] = field(default_factory=dict)
    ended: Ended | None = None

    @classmethod
    def of(cls, events: Iterable[tuple[AttemptEvent, int]]) -> RunState:
        """Return the state after all events of an `EventLogReader`."""
        state = cls()
        for event, _ in events:
            state.apply(event)
        return state

    def apply(self, event: AttemptEvent) -> None:
        """Update the state with the next event."""
        self.ended = event if isinstance(event, Ended) else None
        match event:
            case ExecutorStarted():
                self.started_at, self.running, self.usage = event.time, False, None
                self.planned, self.cells, self.metadata = event.cells, {}, {}
                self.bar, self.prompt = None, 1
            case KernelStarted():
                self.running = True
            case CellStarted():
                self.cells[event.cell], self.bar = CellRun(event.time), None
            case CellFinished():
                self.cells.setdefault(event.cell, CellRun()).finished = event
                self.bar = None
                if event.execution_count is not None:
                    self.prompt = event.execution_count + 1
            case Progressed():
                self.bar = event if event.bar is not None and event.cell == self.current_cell else None
            case Sample():
                self.usage = event.usage
            case MetadataChanged():
                self.metadata |= event.metadata

    def cell_state(self, number: int) -> CellState:
        """Return the state of a cell: one that runs at the end of the attempt has failed, or was canceled with it."""
        cell = self.cells.get(number, CellRun())
        canceled = self.ended is not None and self.ended.state == "Canceled"
        if cell.finished:
            # a kernel reports the cell that it interrupts as failed
            interrupted = canceled and cell.finished.state is CellState.FAILED and number == self._last_cell
            return CellState.CANCELED if interrupted else cell.finished.state
        if cell.started_at is not None and self.ended:
            return CellState.CANCELED if canceled else CellState.FAILED
        if cell.started_at is not None:
            return CellState.RUNNING
        return CellState.NOT_RUN if self.ended else CellState.PENDING

    @property
    def _last_cell(self) -> int | None:
        """Index of the cell at which the run ended early."""
        return self.ended.cause.cell if self.ended and self.ended.cause else None

    @property
    def current_cell(self) -> int | None:
        """Index of the cell that runs now."""
        return next((number for number, cell in self.cells.items() if cell.running), None)

    @property
    def pending_cells(self) -> list[int]:
        """Indices of the cells that have not started."""
        return [number for number in self.planned if number not in self.cells]

    @property
    def durations(self) -> dict[int, float]:
        """Seconds of each cell that has finished."""
        return {number: cell.finished.duration_s for number, cell in self.cells.items() if cell.finished}

    @property
    def _own(self) -> list[int]:
        """Indices of the notebook's own cells that run."""
        return [cell for cell in self.planned if cell != INJECTED]

    def place(self, number: int) -> CellPlace:
        """Return the prompt number and the position of a cell that runs."""
        own, run = self._own, self.cells.get(number, CellRun())
        prompt = run.finished.execution_count if run.finished else self.prompt if run.running else None
        return CellPlace(prompt, own.index(number) + 1 if number in own else 0, len(own))

    @property
    def progress(self) -> Progress:
        """How many of the notebook's own cells have run."""
        own = self._own
        done = sum(self.cell_state(cell) in (CellState.COMPLETED, CellState.FAILED) for cell in own)
        cell = self.current_cell
        return Progress(
            cells_done=done,
            cells_total=len(own),
            cell=cell,
            prompt=self.prompt if cell is not None else None,
            bar=self.bar.bar if self.bar is not None else None,
        )
