# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compute how far an attempt is, and how long it will still take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.duration_estimate import DurationEstimate
    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.jobs import Progress

__all__ = ["EVENTS", "ProgressTracker"]

EVENTS = ("executor_started", "cell_started", "cell_finished", "progressed")
"""The types of the events that progress consists of."""
STEADY = 0.05
"""By which share of the time left the expected end has to move before it changes."""


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
        self._eta: float | None = None

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

    @property
    def progress(self) -> Progress:
        """How far the attempt is."""
        return self._run.progress

    def eta_at(self, moment: float) -> datetime | None:
        """Return when the attempt is expected to end, as of `moment` in seconds since the epoch.

        The estimate changes only by what a user can see, so that a cell that takes longer than usual does not change
        it every second.
        """
        left_s = self._left_s(moment)
        if left_s is None:
            self._eta = None
        elif self._eta is None or abs(moment + left_s - self._eta) >= max(1.0, left_s * STEADY):
            self._eta = moment + left_s
        return None if self._eta is None else datetime.fromtimestamp(round(self._eta), UTC)

    def _left_s(self, moment: float) -> float | None:
        bar = self._run.bar
        if bar is not None and bar.left_s is not None:  # its own rate is better than what other jobs took
            left_s = min(bar.left_s, max(0.0, bar.time + bar.left_s - moment)) + self._pending_s()
            return left_s if left_s >= 1 else None
        if self._expected is None:
            return None
        cell = self._run.current_cell
        since = self._run.cells[cell].started_at if cell is not None else None
        return self._expected.left_s(self._run.pending_cells, cell, moment - (since or 0.0))

    def _pending_s(self) -> float:
        return (self._expected and self._expected.left_s(self._run.pending_cells)) or 0.0
