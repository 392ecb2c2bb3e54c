# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Estimate how long a job will take from the latest similar job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.base import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DurationEstimate"]


class DurationEstimate(Schema):
    """The durations of the last completed job with the same notebook."""

    job: str | None = None
    """Name of that job; None where there is none."""
    cells: dict[int, float] = {}
    """Seconds of each cell that ran, by index in the notebook as submitted; -1 is the injected parameters cell."""
    duration_s: float | None = None
    """Of all of it, the start and the end of its processes included."""

    def left_s(self, waiting: Iterable[int], running: int | None = None, elapsed_s: float = 0) -> float | None:
        """Return the seconds that are left, or None where too little is known to estimate them.

        Parameters
        ----------
        waiting
            Indices of the cells that have not started.
        running
            That of the cell that runs.
        elapsed_s
            How long it has been running.
        """
        known = [self.cells[cell] for cell in waiting if cell in self.cells]
        if running in self.cells:
            known.append(max(0.0, self.cells[running] - elapsed_s))
        left = sum(known)
        return left if left >= 1 else None
