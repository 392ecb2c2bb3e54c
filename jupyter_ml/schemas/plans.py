# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a job would be if it was submitted now."""

from __future__ import annotations

from pydantic import JsonValue

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.job_data import InputRecord, InputType

__all__ = ["JobPlan", "OutputPlan"]


class OutputPlan(Schema):
    """What would be made of an output."""

    type: InputType
    kind: str | None = None
    """Kind of the asset of which a version would be created, e.g. ``data``; None if none would."""
    reference: str | None = None
    """That version, e.g. ``azureml:clean:3``; without a number it is the next one."""
    path: str | None = None
    """Where it would be written, besides the files of the job."""


class JobPlan(Schema):
    """What a job would be if it was submitted now; nothing of it is stored."""

    type: str
    compute: str
    experiment_name: str
    parameters: dict[str, JsonValue] = {}
    inputs: dict[str, InputRecord] = {}
    """The inputs of data as they are now; ``cached`` is None for what would not be downloaded."""
    outputs: dict[str, OutputPlan] = {}
    """The outputs of the spec."""
