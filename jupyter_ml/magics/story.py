# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What has happened to a job so far, as far as its view shows it."""

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

__all__ = ["Cell", "Story"]

KEPT_CHARACTERS = 8_000


@dataclass
class Cell:
    """One cell of a notebook that runs."""

    state: CellState = CellState.PENDING
    duration_s: float | None = None


@dataclass
class Story:
    """A job, its cells, and the end of what it printed.

    Attributes
    ----------
    job : Job
        As it was last.
    cells : dict of int to Cell
        Those that run, by their place in the notebook.
    log : str
        The last that it printed.
    trouble : str
        Why nothing more can be told, where that is so.
    """

    job: Job
    cells: dict[int, Cell] = field(default_factory=dict)
    log: str = ""
    trouble: str = ""

    def add(self, item: Job | AttemptEvent) -> None:
        """Take in what happened next."""
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
            self._print("\n--- once more ---\n")
        self.cells = {cell: Cell() for cell in cells if cell != INJECTED}

    def _print(self, text: str) -> None:
        text = program_text(text[-4 * KEPT_CHARACTERS :], colours=False)
        self.log = overwritten(self.log + text)[-KEPT_CHARACTERS:]
