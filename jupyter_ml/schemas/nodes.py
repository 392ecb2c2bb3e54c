# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The nodes of a cluster."""

from __future__ import annotations

from enum import StrEnum

from jupyter_ml.schemas.base import Schema, Time

__all__ = ["ComputeNode", "ComputeNodes", "NodeState"]


class NodeState(StrEnum):
    """State of a node; Azure ML's terms."""

    PREPARING = "preparing"
    """It was requested, and does not respond yet."""
    IDLE = "idle"
    RUNNING = "running"
    """A job or a kernel uses it."""
    LEAVING = "leaving"
    """It is being removed."""
    UNUSABLE = "unusable"
    """It does not respond any more."""


class ComputeNode(Schema):
    """A node of a cluster."""

    id: str | None = None
    """What it is called in messages; None until it responds."""
    name: str
    """Its name in Dask."""
    state: NodeState
    host: str | None = None
    """Name of its machine."""
    python: str | None = None
    """Version of the Python that runs Dask there."""
    jobs: int = 0
    """How many jobs run on it."""
    kernels: int = 0
    """How many kernels run on it."""
    since: Time
    """Since when it is in this state."""
    message: str | None = None
    """What is known about a node that does not respond."""


class ComputeNodes(Schema):
    """The nodes of a cluster, and what it does."""

    nodes: list[ComputeNode] = []
    target: int = 0
    """How many nodes it needs at the moment."""
    message: str | None = None
    """Why nodes are missing."""
    dashboard: str | None = None
    """Address of Dask's dashboard."""
