# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compute how far an attempt is, and how long it will still take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.eventlog.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.duration_estimate import DurationEstimate
    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.jobs import Progress

__all__ = ["EVENTS", "ProgressTracker"]

EVENTS = ("executor_started", "cell_started", "cell_finished")
"""The types of the events that progress consists of."""


class ProgressTracker:
    """Computes the progress of one attempt from its events.

    Parameters
    ----------
    look_up
        Returns what the latest similar job took.
    """

    def __init__(self, look_up: Callable[[], DurationEstimate]) -> None:
        self._look_up = look_up
        self._expected: DurationEstimate | None = None
        self._run = RunState()

    @property
    def unestimated(self) -> bool:
        """Whether `estimate` is to be called: once, after the first event of a notebook."""
        return bool(self._run.planned) and self._expected is None

    def estimate(self) -> None:
        """Look up what the latest similar job took."""
        self._expected = self._look_up()

    def add(self, event: AttemptEvent) -> None:
        """Take the next event into account; most types change nothing."""
        self._run.apply(event)

    def at(self, moment: float) -> Progress:
        """Return the progress at `moment`, in seconds since the epoch."""
        progress = self._run.progress
        return progress.model_copy(update={"left_s": self._left_s(progress.cell, moment)})

    def _left_s(self, cell: int | None, moment: float) -> int | None:
        if self._expected is None:
            return None
        since = self._run.cells[cell].started_at if cell is not None else None
        left_s = self._expected.left_s(self._run.pending_cells, cell, moment - (since or 0.0))
        return None if left_s is None else round(left_s)
