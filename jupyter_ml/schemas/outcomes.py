# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Outcomes of a run that both the executor and the supervisor determine, with the same messages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.states import JobState

__all__ = ["CANCELED", "COMPLETED", "LONGEST_TEXT", "Outcome", "failed", "place", "timed_out"]

LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    state
        Final.
    cause
        Why it did not complete.
    ended_s
        When the executor ended, in seconds since 1970; None if it logged no end.
    """

    state: JobState
    cause: Cause | None = None
    ended_s: float | None = field(default=None, compare=False)

    def at(self, number: int, source: str) -> Outcome:
        """Return the same outcome with the cell in which it happened."""
        assert self.cause is not None
        return replace(self, cause=self.cause.model_copy(update=place(number, source)))


COMPLETED = Outcome(JobState.COMPLETED)
CANCELED = Outcome(JobState.CANCELED, Cause(kind=CauseKind.CANCELED, message="The job was canceled."))


def place(number: int, source: str) -> dict[str, Any]:
    """Return the fields of a cause that describe the cell in which it happened."""
    return {"cell": number if number >= 0 else None, "cell_source": source[:LONGEST_TEXT]}


def failed(kind: CauseKind, message: str, hint: str | None = None, **details: Any) -> Outcome:
    """Return a failure; see `Cause` for the details."""
    return Outcome(JobState.FAILED, Cause(kind=kind, message=message, hint=hint, **details))


def timed_out(seconds: float) -> Outcome:
    """Return the failure for a job that took too long."""
    message = f"The job ran longer than its limits.timeout of {seconds:g} s."
    return failed(CauseKind.TIMEOUT, message, "Raise limits.timeout, or make the job do less.")
