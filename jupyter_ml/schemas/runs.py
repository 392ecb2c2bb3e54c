# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Runs in the MLflow store, as far as Jupyter ML needs to know them."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.states import JobState

__all__ = ["MAX_LOGGED", "NOTE_TAG", "PARENT_TAG", "LoggedValues", "Metric", "Run"]

NOTE_TAG = "mlflow.note.content"
"""Tag of an MLflow run that contains its description."""
PARENT_TAG = "mlflow.parentRunId"
"""Tag with the id of the run that a run is a child of."""


MAX_LOGGED = 500
"""Parameters, and tags, of a run by which its job is found: the first ones by name."""


class LoggedValues(Schema):
    """What code has logged to a run, as text; MLflow's own tags are left out."""

    parameters: dict[str, str] = {}
    tags: dict[str, str] = {}


class Metric(Schema):
    """The last value of one metric."""

    value: float
    step: int = 0
    time: Time


class Run(Schema):
    """A run that another program logged to MLflow."""

    run_id: str
    name: str
    experiment_name: str
    state: JobState
    """MLflow's RUNNING, FINISHED, FAILED and KILLED as the state of a job."""
    user: str | None = None
    started_at: Time
    ended_at: Time | None = None
    parameters: dict[str, str] = {}
    tags: dict[str, str] = {}
    metrics: dict[str, Metric] = {}
