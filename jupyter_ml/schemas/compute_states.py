# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The states of a compute, and what clients request of it."""

from __future__ import annotations

from enum import StrEnum

from jupyter_ml.schemas.base import Schema, Sentence, Time

__all__ = ["CHANGING", "ComputeAction", "ComputeRequest", "ComputeState", "ComputeUsage", "GpuUsage"]


class ComputeState(StrEnum):
    """State of a compute; Azure ML's terms."""

    CREATING = "Creating"
    STARTING = "Starting"
    RUNNING = "Running"
    STOPPING = "Stopping"
    RESTARTING = "Restarting"
    STOPPED = "Stopped"
    DELETING = "Deleting"
    FAILED = "Failed"


class ComputeAction(StrEnum):
    """What is requested of a compute."""

    CREATE = "create"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    DELETE = "delete"


CHANGING = {
    ComputeAction.CREATE: ComputeState.CREATING,
    ComputeAction.START: ComputeState.STARTING,
    ComputeAction.STOP: ComputeState.STOPPING,
    ComputeAction.RESTART: ComputeState.RESTARTING,
    ComputeAction.DELETE: ComputeState.DELETING,
}
"""The state of a compute while a request is carried out."""


class ComputeRequest(Schema):
    """A request that waits for the supervisor; one that fails is tried again until another one replaces it."""

    action: ComputeAction
    requested_at: Time
    reason: str | None = None
    """Why it is requested, where no user has done so."""
    attempts: int = 0
    """How often it has failed."""
    error: Sentence | None = None
    """Why it failed the last time."""
    retry_at: Time | None = None
    """When it is tried again, after a failure."""


class GpuUsage(Schema):
    """How busy a GPU is."""

    id: str
    """As in ``CUDA_VISIBLE_DEVICES``."""
    name: str
    percent: float | None = None
    """How much of the time it computes; None if it does not measure that."""
    memory_bytes: int
    memory_total_bytes: int


class ComputeUsage(Schema):
    """How busy a compute is."""

    cpu_count: int
    cpu_percent: float
    """Of all its processors together, 0 to 100."""
    memory_bytes: int
    memory_total_bytes: int
    gpus: list[GpuUsage] = []
