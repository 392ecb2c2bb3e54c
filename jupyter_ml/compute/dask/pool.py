# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The nodes of a cluster and what its clients ask for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.dask.sizing import needed
from jupyter_ml.schemas.nodes import ComputeNodes, NodeState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ml.compute.dask.members import Member
    from jupyter_ml.schemas.clusters import ClusterSettings

__all__ = ["Pool"]


class Pool:
    """What the manager of a cluster shares with its clients.

    Parameters
    ----------
    directory, settings
        Of the cluster.

    Attributes
    ----------
    demand : dict
        How many slots each client asks for.
    members : dict
        The nodes that have responded, by id.
    gone : dict
        Why nodes were lost that are members no more, by id.
    nodes : ComputeNodes
        What clients see.
    changed : asyncio.Condition
        Notified when that has changed.
    connection : dict
        Arguments of connections to workers.
    closing : asyncio.Event
        Set when all nodes and the manager are to end.
    """

    def __init__(self, directory: Path, settings: ClusterSettings) -> None:
        self.directory, self.settings = directory, settings
        self.demand: dict[object, int] = {}
        self.members: dict[str, Member] = {}
        self.gone: dict[str, str | None] = {}
        self.nodes, self.changed = ComputeNodes(), asyncio.Condition()
        self.connection: dict[str, Any] = {}
        self.closing = asyncio.Event()
        self._started_at = asyncio.get_running_loop().time()

    def target(self) -> int:
        """Return how many nodes are needed."""
        return needed(self.settings, sum(self.demand.values()))

    def usable(self) -> Iterator[Member]:
        """Yield the nodes that are neither lost nor being removed."""
        for member in self.members.values():
            if member.state in (NodeState.IDLE, NodeState.RUNNING):
                yield member

    def lost(self, node: str) -> str | None:
        """Return why a node will not come back; None while it is there or may come back."""
        member = self.members.get(node)
        if member is not None:
            return member.message if member.state is NodeState.UNUSABLE else None
        if node in self.gone:
            return self.gone[node]
        age_s = asyncio.get_running_loop().time() - self._started_at
        return None if age_s < self.settings.node_timeout else f"node {node} is lost"

    def place(self) -> Member | None:
        """Return the node on which the next job or kernel runs: the fullest one that has a free slot."""
        free = [each for each in self.usable() if each.address and len(each.use.holds) < self.settings.jobs_per_node]
        return max(free, key=lambda each: len(each.use.holds), default=None)

    def unused(self, count: int) -> list[Member] | None:
        """Return nodes for a job that needs as many for itself; None while there are fewer."""
        found = [each for each in self.usable() if each.address and not each.use.holds]
        return found[:count] if len(found) >= count else None

    def ready(self) -> int:
        """Return how many slots for jobs there are on the nodes that respond."""
        return sum(max(self.settings.jobs_per_node - each.use.kernels, 0) for each in self.usable() if each.address)

    async def publish(self, nodes: ComputeNodes) -> None:
        """Set what clients see, and notify them if it has changed."""
        if nodes != self.nodes:
            self.nodes = nodes
            async with self.changed:
                self.changed.notify_all()
