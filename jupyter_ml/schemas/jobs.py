# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs, their attempts and their progress."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, JsonValue, WithJsonSchema

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.causes import Cause
from jupyter_ml.schemas.event_log import ProgressBar, Usage
from jupyter_ml.schemas.job_data import InputRecord, OutputRecord
from jupyter_ml.schemas.requests import PendingRequest
from jupyter_ml.schemas.resources import EditableResource
from jupyter_ml.schemas.specs import JOB_SPECS, JobCreate, Priority
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.warnings import JobWarning

__all__ = ["MLFLOW_RUN", "Attempt", "Job", "JobTypeName", "Number", "Progress", "Runner"]


MLFLOW_RUN = "mlflow_run"
"""Type of a run that another program logged to MLflow in this workspace; Jupyter ML only lists it."""


def _known(name: str) -> str:
    types = [*JOB_SPECS, MLFLOW_RUN]
    if name not in types:
        raise ValueError(f"must be {', '.join(map(repr, types[:-1]))} or {types[-1]!r}")
    return name


JobTypeName = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": [*JOB_SPECS, MLFLOW_RUN]})
]
"""Name of a type of jobs, which decides what a job runs."""


class Runner(StrEnum):
    """What starts and ends the processes of a job."""

    SUPERVISOR = "supervisor"
    PAPERMILL = "papermill"
    """``papermill --engine jupyter-ml``, in its own process."""
    MLFLOW = "mlflow"
    """A program of the user's that logs to MLflow."""


Number = Annotated[float, WithJsonSchema({"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]})]
"""A number, or NaN or an infinity, which JSON writes as text."""


class Progress(Schema):
    """Progress of a notebook."""

    cells_done: int = 0
    cells_total: int = 0
    """How many of the notebook's own cells run; the one with the given parameters is not counted."""
    cell: int | None = None
    """Index of the running cell in the notebook as submitted; -1 is the one with the given parameters."""
    prompt: int | None = None
    """Prompt number of the running cell, ``[n]``, by which a cell is named everywhere."""
    bar: ProgressBar | None = None
    """The outermost progress bar that the running cell, or the command, shows."""


class Attempt(Schema):
    """One start of a job; a job with retries may have several."""

    number: int
    """From 1."""
    started_at: Time
    ended_at: Time | None = None
    state: JobState
    cause: Cause | None = None


class Job(EditableResource):
    """A notebook, command or MLflow run of the workspace."""

    type: JobTypeName
    display_name: str
    experiment_name: str
    tags: dict[str, str] = {}
    compute: str | None = None
    priority: Priority = Priority.MEDIUM
    state: JobState
    user: str | None = None
    """The user who submitted it."""
    started_at: Time | None = None
    ended_at: Time | None = None
    attempt: int = 0
    """Number of the current or last attempt; 0 before the first."""
    retries: int = 0
    cancel_requested_at: Time | None = None
    request: PendingRequest | None = None
    """A cancel or delete that has been requested and is not done yet, with the error of its last attempt."""
    progress: Progress = Progress()
    eta_at: Time | None = None
    """When it is expected to end. None where too little is known to estimate it, and where the job is not running."""
    usage: Usage | None = None
    """The last measurement while it runs."""
    gpus: list[str] = []
    """The GPUs that its current or last attempt has for itself, as in ``CUDA_VISIBLE_DEVICES``."""
    cause: Cause | None = None
    warnings: list[JobWarning] = []
    """What went wrong in the last attempt without failing it, the first 50."""
    parameters: dict[str, JsonValue] = {}
    """A notebook's parameters, with its own defaults as far as they are literals; a command's literal inputs."""
    logged_parameters: dict[str, str] = {}
    """Further parameters, which its code has logged to MLflow; the first 250 characters of each value."""
    logged_tags: dict[str, str] = {}
    """Further tags, which its code has set in MLflow."""
    metrics: dict[str, Number] = {}
    """Last value of each."""
    inputs: dict[str, InputRecord] = {}
    """What its inputs of data are, by name."""
    outputs: dict[str, OutputRecord] = {}
    """What was registered or written to a datastore of its outputs, by name."""
    primary_metric: str | None = None
    """The metric to compare it by: the one that its tag ``primary_metric`` or its experiment names, or the one that was
    logged last.
    """
    run_id: str | None = None
    """Its MLflow run."""
    parent: str | None = None
    """Name of the job or run whose child it is in MLflow."""
    runner: Runner = Runner.SUPERVISOR
    """Whose processes run it. Only the supervisor's jobs take a slot and can be canceled and rerun."""
    snapshot: str | None = None
    """Content hash of its code."""
    starred: bool = False
    """Whether a user has marked it, e.g. as one of the best."""
    spec: JobCreate | None = None
    """As submitted, with absolute paths; None for an MLflow run."""

    @property
    def supervised(self) -> bool:
        """Whether the supervisor runs it."""
        return self.runner is Runner.SUPERVISOR

    @property
    def duration_s(self) -> float | None:
        """Seconds between start and end; None while one of them is missing."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.started_at).total_seconds())  # runs come from machines of other clocks

    @property
    def source(self) -> str:
        """What runs, in a few words: the notebook's file name, or the command."""
        return "mlflow" if self.spec is None else self.spec.source
