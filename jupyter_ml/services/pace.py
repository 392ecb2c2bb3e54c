"""How far a running notebook is, and how long it will still take."""

from __future__ import annotations

import time
from typing import Any

from jupyter_ml.schemas.expected import Expected
from jupyter_ml.schemas.spool import CellStarted, ExecutorStarted

__all__ = ["Pace"]


class Pace:
    """Reads the events of a job as they come.

    Attributes
    ----------
    expected : Expected
        What the job before took; nothing is known of it at first.
    cells : list of int
        Indices of the cells that run, in order.
    started : int
        How many of them have started.
    """

    def __init__(self, expected: Expected | None = None) -> None:
        self.expected = expected or Expected()
        self.cells: list[int] = []
        self.started = 0
        self._running: int | None = None
        self._since = 0.0

    def add(self, item: Any) -> None:
        """Take in what happened next; what is no event of a cell says nothing here."""
        match item:
            case ExecutorStarted():
                self.cells, self.started, self._running = item.cells, 0, None
            case CellStarted():
                self.started, self._running, self._since = self.started + 1, item.cell, item.time

    def left_s(self) -> float | None:
        """Return the seconds that it will still take, or None where too little is known to say."""
        return self.expected.left_s(self.cells[self.started :], self._running, time.time() - self._since)
