# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Events of jobs that clients receive; those of other kinds are `jupyter_ml.schemas.resources.ResourceEvent`."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.event_log import Usage
from jupyter_ml.schemas.jobs import JobTypeName, Number, Progress
from jupyter_ml.schemas.requests import PendingRequest
from jupyter_ml.schemas.resources import Event
from jupyter_ml.schemas.states import JobState

__all__ = ["JobChanged", "JobData", "JobProgressed"]


class JobData(Schema):
    """Main values of a job."""

    type: JobTypeName
    state: JobState
    attempt: int
    """Number of the current or last attempt; 0 before the first."""
    experiment_name: str
    """Name of its experiment."""
    display_name: str
    """Its name for people."""
    archived: bool = False
    """Whether it is left out of lists."""
    progress: Progress | None = None
    """None for a job that has been deleted meanwhile."""
    eta_at: Time | None = None
    """When it is expected to end; see `Job.eta_at`."""
    request: PendingRequest | None = None
    """Its pending request, which decides what can be done with it."""


class JobChanged(Event[JobData]):
    """A change of a job; ``data`` contains its values right after that."""


class JobProgressed(Schema):
    """Progress of a running job, at most about ten times a second for each job.

    The events themselves are in the job's event log in the REST API.
    """

    name: str
    """Name of the job."""
    attempt: int
    """Number of the running attempt."""
    offset: int
    """Length of its event log in bytes, up to which a client can read it."""
    progress: Progress
    eta_at: Time | None = None
    """When it is expected to end; null where too little is known."""
    usage: Usage | None = None
    """Resource usage of its processes."""
    metrics: dict[str, Number] = {}
    """Last values, of a hundred metrics at most."""
