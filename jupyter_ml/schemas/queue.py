# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where a job is in the queue."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time

__all__ = ["QueuePosition"]


class QueuePosition(Schema):
    """The position of a job among those that wait for the same compute, and what it waits for."""

    position: int | None = None
    """1 for the job that starts next; None if the job does not wait."""
    running: int = 0
    """How many jobs the compute runs."""
    starts_at: Time | None = None
    """When the job is expected to start; None if the end of a running job is not known."""
