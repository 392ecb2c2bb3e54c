# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What can be read back of jobs whose rows are gone."""

from __future__ import annotations

from enum import StrEnum

from pydantic import field_validator

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.jobs import Attempt, Job, JobType, Runner
from jupyter_ml.schemas.states import JobState

__all__ = ["JobRecord", "RepairAction", "RepairItem"]


class JobRecord(Schema):
    """A job as its folder remembers it: written when it is submitted and when it has ended."""

    job: Job
    attempts: list[Attempt] = []

    @field_validator("job", mode="before")
    @classmethod
    def _renamed(cls, value: object) -> object:
        """Read what a version before revision 0003 of the database wrote."""
        if isinstance(value, dict) and "external" in value:
            external = value.pop("external")
            runner = Runner.MLFLOW if value.get("type") == JobType.MLFLOW_RUN else Runner.PAPERMILL
            return {**value, "runner": runner if external else Runner.SUPERVISOR}
        return value


class RepairAction(StrEnum):
    """What is done with a job that has a folder and no row."""

    RESTORE = "restore"
    """It had ended: its row is written again."""
    FINISH = "finish"
    """It had started: the supervisor reads its event log and brings it to its end."""
    CANCEL = "cancel"
    """It had not started: it is listed as Canceled, and can be run again."""
    SKIP = "skip"
    """Nothing is done; the message says why."""


class RepairItem(Schema):
    """One job that has a folder and no row."""

    name: str
    action: RepairAction
    state: JobState | None = None
    """In which it is listed then."""
    message: str
