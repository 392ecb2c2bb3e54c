# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What MLflow has of a run: parameters, tags, datasets and models, whichever program logged them."""

from __future__ import annotations

from pydantic import JsonValue

from jupyter_ml.schemas.base import Schema, Sentence, Time

__all__ = ["DatasetInput", "LoggedModel", "LoggedModels", "ModelColumn", "ModelSignature", "RunDetails"]


class DatasetInput(Schema):
    """A dataset that a run has used, as ``mlflow.log_input`` or autologging recorded it."""

    name: str
    digest: str
    context: str | None = None
    """What it was used for, e.g. ``training``."""
    source_type: str
    source: Sentence
    """Where it comes from, in the form of its type: a JSON text."""
    profile: dict[str, JsonValue] = {}
    """E.g. the number of rows."""


class RunDetails(Schema):
    """What MLflow has of a run, except for metrics and artifacts."""

    run_id: str
    name: str
    experiment_id: str
    status: str
    """MLflow's: RUNNING, FINISHED, FAILED, KILLED or SCHEDULED."""
    deleted: bool
    """Whether it was deleted in MLflow, and can still be restored there."""
    artifact_uri: str
    parameters: dict[str, str]
    """The first 2,000, by name."""
    tags: dict[str, str]
    """The first 2,000, by name, with those that MLflow sets."""
    datasets: list[DatasetInput]
    """The first 200."""
    ui_path: str | None = None
    """Path of the run in MLflow's own UI, below the server's base URL; None where that is not installed."""


class ModelColumn(Schema):
    """A column or tensor of a model's signature."""

    name: str | None = None
    """None for a tensor without a name."""
    type: str
    """E.g. ``double``, ``array(string)``, ``float32[-1, 28, 28]``."""
    required: bool = True


class ModelSignature(Schema):
    """What a model takes and returns."""

    inputs: list[ModelColumn] = []
    outputs: list[ModelColumn] = []
    params: list[ModelColumn] = []


class LoggedModel(Schema):
    """A model that a run has logged."""

    name: str
    path: str
    """Directory among the job's files."""
    uri: str
    """Argument of ``mlflow.pyfunc.load_model``."""
    model_id: str | None = None
    """None for a model that is only a directory of artifacts."""
    status: str | None = None
    """MLflow's: READY, PENDING or FAILED."""
    created_at: Time | None = None
    model_type: str | None = None
    flavors: dict[str, str] = {}
    """With the version of each flavor's library; an empty text where it is not recorded."""
    signature: ModelSignature | None = None
    size_bytes: int | None = None
    problem: Sentence | None = None
    """Why its ``MLmodel`` file could not be read, with flavors, signature and size."""


class LoggedModels(Schema):
    """The models of a run, in the order in which they were logged."""

    items: list[LoggedModel]
    """The first 100."""
