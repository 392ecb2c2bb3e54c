# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs that are restored from their directories after their rows were lost."""

from __future__ import annotations

from enum import StrEnum

from pydantic import field_validator

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.jobs import MLFLOW_RUN, Attempt, Job, Runner
from jupyter_ml.schemas.states import JobState

__all__ = ["JobRecord", "RepairAction", "RepairItem"]


class JobRecord(Schema):
    """The copy of a job's row in its directory, written when it is submitted and when it has ended."""

    job: Job
    attempts: list[Attempt] = []

    @field_validator("job", mode="before")
    @classmethod
    def _renamed(cls, value: object) -> object:
        """Read what versions before revisions 0003 and 0006 of the database wrote."""
        if isinstance(value, dict) and isinstance(value.get("progress"), dict):
            value["progress"].pop("left_s", None)
        if isinstance(value, dict) and "external" in value:
            external = value.pop("external")
            runner = Runner.MLFLOW if value.get("type") == MLFLOW_RUN else Runner.PAPERMILL
            return {**value, "runner": runner if external else Runner.SUPERVISOR}
        return value


class RepairAction(StrEnum):
    """How a job that has a directory and no row is restored."""

    RESTORE = "restore"
    """It had ended: its row is written again."""
    FINISH = "finish"
    """It had started: the supervisor reads its event log and completes it."""
    CANCEL = "cancel"
    """It had not started: it is listed as Canceled, and can be run again."""
    SKIP = "skip"
    """Nothing is done; the message contains the reason."""


class RepairItem(Schema):
    """A job that has a directory and no row."""

    name: str
    action: RepairAction
    state: JobState | None = None
    """The state in which it is listed then."""
    message: str
