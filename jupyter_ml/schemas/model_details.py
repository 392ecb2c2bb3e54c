# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a version of a model consists of, and how two versions differ."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Sentence, Time
from jupyter_ml.schemas.comparison import Difference
from jupyter_ml.schemas.files import JobFile
from jupyter_ml.schemas.models import Model
from jupyter_ml.schemas.run_details import ModelSignature

__all__ = ["ModelComparison", "ModelDetails", "ModelFiles", "StageChange"]


class StageChange(Schema):
    """A change of the stage of a version by Jupyter ML; other clients of MLflow record none."""

    stage: str
    """MLflow's: None, Staging, Production or Archived."""
    user: str
    time: Time


class ModelDetails(Schema):
    """What a version of a model consists of."""

    flavors: dict[str, str] = {}
    """With the version of each flavor's library; an empty text where it is not recorded."""
    signature: ModelSignature | None = None
    size_bytes: int | None = None
    """As its ``MLmodel`` file has it."""
    mlflow_version: str | None = None
    """Version of MLflow that saved it."""
    python: str | None = None
    """Version of Python that saved it."""
    packages: list[str] = []
    """Requirements, as its ``requirements.txt`` has them."""
    input_example: str | None = None
    """JSON text, of which the first 20,000 characters are here."""
    input_example_truncated: bool = False
    stages: list[StageChange] = []
    """The last 100 changes of its stage, the oldest first."""
    ui_path: str | None = None
    """Path of the version in MLflow's own UI, below the server's base URL; None where that is not installed."""
    problem: Sentence | None = None
    """Why some of it could not be read."""


class ModelFiles(Schema):
    """A page of the files of a version."""

    items: list[JobFile]
    truncated: bool = False
    """Whether there are more after this page."""
    problems: list[str] = []
    """What could not be read, e.g. because an artifact store does not answer."""


class ModelComparison(Schema):
    """Two versions beside each other; rows that are equal are included."""

    first: Model
    second: Model
    same_content: bool | None
    """Whether their files are equal; None if a digest is unknown."""
    packages: list[Difference]
    """Versions of packages, with that of Python."""
    flavors: list[Difference]
    signature: list[Difference]
    """Types of the columns, e.g. ``inputs.age``."""
    metrics: list[Difference]
    """Last values of the metrics of their jobs."""
    parameters: list[Difference]
    """Parameters of their jobs."""
