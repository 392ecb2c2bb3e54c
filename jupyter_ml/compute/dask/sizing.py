# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How many nodes a cluster needs, and which of them it does not need any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_ml.schemas.clusters import ClusterSettings

__all__ = ["Use", "needed", "removable"]


@dataclass
class Use:
    """The use of one node.

    Attributes
    ----------
    holds
        What is reserved on it: whether each is a kernel, by a key.
    programs
        How many programs ran on it when its agent was asked last.
    idle_since
        Since when nothing has used it; None while something does.
    """

    holds: dict[object, bool] = field(default_factory=dict)
    programs: int = 0
    idle_since: float | None = None

    @property
    def kernels(self) -> int:
        """How many kernels have reserved it."""
        return sum(self.holds.values())

    def note(self, now: float) -> None:
        """Note whether it is in use."""
        if self.holds or self.programs:
            self.idle_since = None
        elif self.idle_since is None:
            self.idle_since = now


def needed(settings: ClusterSettings, slots: int) -> int:
    """Return how many nodes have so many slots, within the limits of the cluster."""
    nodes = -(-slots // settings.jobs_per_node)
    return min(max(nodes, settings.min_instances), settings.max_instances)


def removable(settings: ClusterSettings, uses: Collection[Use], nodes: int, now: float) -> list[Use]:
    """Return the nodes beyond a number of nodes that have been idle for long enough, the longest idle ones first."""
    idle_s = settings.idle_time_before_scale_down
    idle = [use for use in uses if use.idle_since is not None and now - use.idle_since >= idle_s]
    idle.sort(key=lambda use: use.idle_since or 0.0)
    return idle[: max(len(uses) - nodes, 0)]
