# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Events of jobs that clients receive; those of other kinds are `jupyter_ml.schemas.resources.ResourceEvent`."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.event_log import Usage
from jupyter_ml.schemas.jobs import JobTypeName, Number, Progress
from jupyter_ml.schemas.states import JobState

__all__ = ["JobChanged", "JobProgressed"]


class JobChanged(Schema):
    """A job was created, changed its state, or was deleted. The fields are those right after that."""

    sequence: int
    """Grows with every change in the workspace."""
    time: Time
    type: str
    """E.g. ``job_state_changed``; see ``server/events/job/v1.yaml``."""
    name: str
    job_type: JobTypeName
    state: JobState
    attempt: int
    experiment_name: str
    display_name: str
    progress: Progress | None = None
    """None for a job that has been deleted meanwhile."""


class JobProgressed(Schema):
    """A running job has written new events."""

    name: str
    attempt: int
    offset: int
    """Length of its event log, up to which a client can read it."""
    progress: Progress
    usage: Usage | None = None
    metrics: dict[str, Number] = {}
    """Last values, of a hundred metrics at most."""
