# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Estimate when a job in the queue starts, from how long similar jobs took."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Blocker", "StartEstimate", "estimate_start"]


@dataclass(frozen=True)
class Blocker:
    """A job that runs, or that starts earlier.

    Attributes
    ----------
    name : str
        Of the job.
    durations : sequence of float
        Seconds that similar jobs took.
    elapsed_s : float
        How long it has been running.
    left_s : float or None
        How long it will still run, by its own progress; None if that is not known.
    """

    name: str
    durations: Sequence[float]
    elapsed_s: float = 0.0
    left_s: float | None = None

    @property
    def left_quartiles(self) -> tuple[float, float, float] | None:
        """The seconds that are left, as quartiles; None if no similar job has completed or took longer than this."""
        longer = [duration - self.elapsed_s for duration in self.durations if duration > self.elapsed_s]
        if not longer:
            return None if self.left_s is None else (self.left_s,) * 3
        first, second, third = quantiles(longer, n=4, method="inclusive") if len(longer) > 1 else longer * 3
        if self.left_s is not None:
            second = self.left_s
        return min(first, second), second, max(second, third)


@dataclass(frozen=True)
class StartEstimate:
    """When a job starts, in seconds from now, and what it waits for.

    Attributes
    ----------
    after : tuple of str
        The jobs whose end it waits for, in the order in which they are expected to end.
    quartiles : tuple of float or None
        A range of times with the likeliest in its middle; None if it is not known.
    unknown : Blocker or None
        Why that is not known: a job of which no similar one has completed, or that takes longer than all of them.
    """

    after: tuple[str, ...] = ()
    quartiles: tuple[float, float, float] | None = None
    unknown: Blocker | None = None


def estimate_start(running: Sequence[Blocker], ahead: Sequence[Blocker]) -> StartEstimate:
    """Estimate when the job starts that is behind others in the queue of a compute of which all slots are taken.

    The jobs are assigned to the slots in their order, with the quartiles of their durations: the queue is simulated
    with the shorter, the usual and the longer ones.

    Parameters
    ----------
    running
        The jobs that take the slots.
    ahead
        Those that start earlier, in the order in which they start.
    """
    if not running:
        return StartEstimate()
    simulated = [_simulate(running, ahead, quartile) for quartile in range(3)]
    starts = [start for start, _ in simulated]
    _, ends = simulated[1]
    if math.isinf(starts[2]):
        return StartEstimate(unknown=next(each for each in (*running, *ahead) if each.left_quartiles is None))
    after = tuple(name for end, name in sorted(ends) if end <= starts[1])
    return StartEstimate(after=after, quartiles=(starts[0], starts[1], starts[2]))


def _simulate(
    running: Sequence[Blocker], ahead: Sequence[Blocker], quartile: int
) -> tuple[float, list[tuple[float, str]]]:
    """Return when the next slot is free, and when each job ends; infinite where that is not known."""
    ends = [(_left(each, quartile), each.name) for each in running]
    free = [end for end, _ in ends]
    heapq.heapify(free)
    for each in ahead:
        end = heapq.heappop(free) + _left(each, quartile)
        ends.append((end, each.name))
        heapq.heappush(free, end)
    return free[0], ends


def _left(blocker: Blocker, quartile: int) -> float:
    found = blocker.left_quartiles
    return math.inf if found is None else found[quartile]
