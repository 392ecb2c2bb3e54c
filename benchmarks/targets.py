# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compare what was measured with what has to be reached."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Target"]


@dataclass(frozen=True)
class Target:
    """What has to be reached.

    Parameters
    ----------
    must, goal
        The least that is good enough, and what is aimed at.
    unit
        Of both: seconds and gigabytes are at most so many, times (as fast as a peer) at least so many.
    goal_s
        The goal where it is a time, while `must` is a ratio.
    """

    must: float
    goal: float | None = None
    unit: str = "times"
    goal_s: float | None = None

    def verdict(self, value: float, seconds: float | None = None) -> str:
        """Return, for a line of output, whether a value has reached it; `seconds` is what `goal_s` is about."""
        found = [self._compared("must", self.must, self.unit, value)]
        if self.goal is not None:
            found.append(self._compared("goal", self.goal, self.unit, value))
        if self.goal_s is not None and seconds is not None:
            found.append(self._compared("goal", self.goal_s, "s", seconds))
        return ", ".join(found)

    @staticmethod
    def _compared(name: str, limit: float, unit: str, value: float) -> str:
        met = value >= limit if unit == "times" else value <= limit
        return f"{name} {limit:g} {unit}: {'met' if met else 'MISSED'}"
