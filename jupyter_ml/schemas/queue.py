# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where a job is in the queue."""

from __future__ import annotations

from typing import Literal

from jupyter_ml.schemas.base import Schema, Time

__all__ = ["ComputeQueue", "QueuePosition", "Shortage"]


class Shortage(Schema):
    """What the first job in the queue lacks."""

    resource: Literal["nodes", "memory", "gpus"]
    needed: int
    """Bytes of memory that it is expected to need, or the number of its GPUs or nodes."""
    free: int
    """How much of it other jobs leave."""


class ComputeQueue(Schema):
    """The queue of a compute."""

    queued: int
    """How many jobs wait for it."""
    running: int
    """How many jobs it runs."""
    estimates: int
    """How many of the last jobs on it had an estimate of their start when they were submitted; at most 50."""
    right_estimates: int
    """How many of them started within its range."""


class QueuePosition(Schema):
    """The position of a job among those that wait for the same compute, and what it waits for."""

    position: int | None = None
    """1 for the job that starts next; None if the job does not wait."""
    running: int = 0
    """How many jobs the compute runs."""
    after: tuple[str, ...] = ()
    """The first jobs whose end it waits for, in the order in which they are expected to end."""
    waits_for: Shortage | None = None
    """What of its compute the first job waits for, besides a slot."""
    starts_at: Time | None = None
    """When the job is expected to start; None if that is not known."""
    earliest_at: Time | None = None
    """If the jobs before it are as short as the shorter quarter of similar ones."""
    latest_at: Time | None = None
    """If they are as long as the longer quarter."""
    without_history: str | None = None
    """A job before it of which no similar one has completed, so that the start is not known."""
    overdue: str | None = None
    """A job before it that takes longer than all similar ones, so that the start is not known."""
    message: str | None = None
    """Why the compute has too few nodes."""
    estimates: int = 0
    """How many of the last jobs on the compute had an estimate when they were submitted."""
    right_estimates: int = 0
    """How many of them started within its range."""
