# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How far an attempt is, and how long it will still take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.event_log import INJECTED, CellFinished, CellStarted, CellState, ExecutorStarted
from jupyter_ml.schemas.jobs import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.duration_estimate import DurationEstimate
    from jupyter_ml.schemas.event_log import AttemptEvent

__all__ = ["EVENTS", "ProgressTracker"]

EVENTS = ("executor_started", "cell_started", "cell_finished")
"""The types of the events that progress consists of."""


class ProgressTracker:
    """Computes the progress of one attempt from its events.

    Parameters
    ----------
    estimate
        Returns what the latest similar job took; called at most once, at the first event of a notebook.
    """

    def __init__(self, estimate: Callable[[], DurationEstimate]) -> None:
        self._estimate = estimate
        self._expected: DurationEstimate | None = None
        self._cells: list[int] = []
        self._started = 0
        self._since = 0.0
        self._progress = Progress()

    def add(self, event: AttemptEvent) -> None:
        """Take the next event into account; most types change nothing."""
        match event:
            case ExecutorStarted():
                self._cells, self._started = event.cells, 0
                self._progress = Progress(cells_total=sum(cell != INJECTED for cell in event.cells))
            case CellStarted():
                self._started, self._since = self._started + 1, event.time
                self._progress = self._progress.model_copy(update={"cell": event.cell})
            case CellFinished():
                done = self._progress.cells_done + (event.state is not CellState.SKIPPED and event.cell != INJECTED)
                self._progress = self._progress.model_copy(update={"cells_done": done, "cell": None})

    def at(self, moment: float) -> Progress:
        """Return the progress at `moment`, in seconds since the epoch."""
        return self._progress.model_copy(update={"left_s": self._left_s(moment)})

    def _left_s(self, moment: float) -> int | None:
        if not self._cells:
            return None
        if self._expected is None:
            self._expected = self._estimate()
        left_s = self._expected.left_s(self._cells[self._started :], self._progress.cell, moment - self._since)
        return None if left_s is None else round(left_s)
