# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The states of a job and the transitions between them (Azure ML's spelling)."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ACTIVE", "FINAL", "TRANSITIONS", "JobState", "can_become"]


class JobState(StrEnum):
    """State of a job."""

    NOT_STARTED = "NotStarted"
    QUEUED = "Queued"
    PREPARING = "Preparing"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
    NOT_RESPONDING = "NotResponding"


_S = JobState

FINAL = frozenset({_S.COMPLETED, _S.FAILED, _S.CANCELED})
"""States that a job never leaves."""

ACTIVE = frozenset({_S.PREPARING, _S.RUNNING, _S.FINALIZING, _S.CANCEL_REQUESTED, _S.NOT_RESPONDING})
"""States in which a job holds a slot of its compute."""

TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    _S.NOT_STARTED: frozenset({_S.QUEUED, _S.CANCELED}),
    _S.QUEUED: frozenset({_S.PREPARING, _S.CANCELED, _S.FAILED}),
    # A failed attempt goes back to Queued when the job has retries left.
    _S.PREPARING: frozenset({_S.RUNNING, _S.FINALIZING, _S.CANCEL_REQUESTED, _S.FAILED, _S.CANCELED, _S.QUEUED}),
    _S.RUNNING: frozenset({_S.FINALIZING, _S.CANCEL_REQUESTED, _S.NOT_RESPONDING}),
    _S.NOT_RESPONDING: frozenset({_S.RUNNING, _S.FINALIZING, _S.CANCEL_REQUESTED}),
    # A cancel can arrive when the last cell has already run: then the job has the state of its outcome.
    _S.CANCEL_REQUESTED: frozenset({_S.FINALIZING, _S.CANCELED}),
    _S.FINALIZING: frozenset({_S.COMPLETED, _S.FAILED, _S.CANCELED, _S.QUEUED}),
    _S.COMPLETED: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELED: frozenset(),
}
"""From each state, the states that may follow."""


def can_become(current: JobState, following: JobState) -> bool:
    """Return whether a job in state `current` may go to state `following`."""
    return following in TRANSITIONS[current]
