# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""News of a workspace, as clients get them while they listen."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.event_log import Usage
from jupyter_ml.schemas.jobs import JobType, Number, Progress
from jupyter_ml.schemas.states import JobState

__all__ = ["ExperimentChanged", "JobChanged", "JobProgressed"]


class JobChanged(Schema):
    """A job was made, changed its state, or went. The fields tell how it was right after that."""

    sequence: int
    """Grows with every change in the workspace."""
    time: Time
    type: str
    """As ``job_state_changed``; see ``server/events/job/v1.yaml``."""
    name: str
    job_type: JobType
    state: JobState
    attempt: int
    experiment_name: str
    display_name: str
    progress: Progress | None = None
    """None for a job that is gone meanwhile."""


class JobProgressed(Schema):
    """A running job has told more."""

    name: str
    attempt: int
    offset: int
    """Length of its event log: what a client has not read yet lies before."""
    progress: Progress
    usage: Usage | None = None
    metrics: dict[str, Number] = {}
    """Last values, of a hundred metrics at most."""


class ExperimentChanged(Schema):
    """An experiment was archived or restored."""

    sequence: int
    """Grows with every change in the workspace."""
    time: Time
    type: str
    """``experiment_archived`` or ``experiment_restored``."""
    name: str
    archived: bool
