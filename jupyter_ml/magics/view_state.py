# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Reduce the stream of a job to the state that its view shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ml.schemas.escaping import overwritten, program_text
from jupyter_ml.schemas.event_log import (
    INJECTED,
    AttemptEvent,
    CellFinished,
    CellStarted,
    CellState,
    ExecutorStarted,
    Log,
    Output,
)
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.services.formatting import output_text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Cell", "JobViewState"]

LOG_CHARACTERS = 8_000


@dataclass
class Cell:
    """State of one cell of a running notebook."""

    state: CellState = CellState.PENDING
    duration_s: float | None = None


@dataclass
class JobViewState:
    """State of a job's view: the job, its cells, and the end of its output.

    Attributes
    ----------
    job : Job
        Latest state of the job.
    cells : dict of int to Cell
        Cells that are executed, by their index in the notebook.
    log : str
        End of the output.
    error : str
        Why the job cannot be followed or canceled; empty without an error.
    """

    job: Job
    cells: dict[int, Cell] = field(default_factory=dict)
    log: str = ""
    error: str = ""

    def add(self, item: Job | AttemptEvent) -> None:
        """Apply the next item of the job's stream."""
        match item:
            case Job():
                self.job = item
            case ExecutorStarted():
                self._begin(item.cells)
            case CellStarted() if item.cell in self.cells:
                self.cells[item.cell].state = CellState.RUNNING
            case CellFinished() if item.cell in self.cells:
                self.cells[item.cell] = Cell(item.state, item.duration_s)
            case Output():
                self._print(output_text(item.output))
            case Log():
                self._print(item.text)

    def _begin(self, cells: Iterable[int]) -> None:
        if self.cells or self.log:
            self._print("\n--- next attempt ---\n")
        self.cells = {cell: Cell() for cell in cells if cell != INJECTED}

    def _print(self, text: str) -> None:
        text = program_text(text[-4 * LOG_CHARACTERS :], colours=False)
        self.log = overwritten(self.log + text)[-LOG_CHARACTERS:]
