# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments: named groups of jobs and MLflow runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from jupyter_ml.schemas import names
from jupyter_ml.schemas.base import Schema, Time, fixed_keys
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.resources import EditableResource, ListQuery, ResourceCreate
from jupyter_ml.schemas.run_views import RunView
from jupyter_ml.schemas.text import Description, ExperimentName

__all__ = ["EXPERIMENT", "Experiment", "ExperimentCreate", "ExperimentQuery", "ExperimentUpdate"]

Metric = Annotated[str, StringConstraints(min_length=1, max_length=250)]
Goal = Literal["minimize", "maximize"]


class Experiment(EditableResource):
    """A named group of jobs and MLflow runs."""

    jobs: int = 0
    """How many jobs it has that are not archived."""
    last_job_at: Time | None = None
    """When its newest job was created, also where that has been deleted since."""
    primary_metric: Metric | None = None
    """The metric by which its runs are compared; lists of jobs show it."""
    goal: Goal | None = None
    """Whether low or high values of the primary metric are good; judged by its name if absent."""
    view: RunView | None = None
    """How its runs are shown in JupyterLab."""


class ExperimentCreate(ResourceCreate):
    """An experiment to create; a job that names one creates it too."""

    name: ExperimentName
    primary_metric: Metric | None = None
    goal: Goal | None = None


class ExperimentUpdate(Schema):
    """What to change of an experiment."""

    key_hints = fixed_keys(ExperimentCreate, "create another experiment")

    description: Description | None = None
    primary_metric: Metric | None = None
    goal: Goal | None = None
    view: RunView | None = None


class ExperimentQuery(ListQuery):
    """Which experiments to list."""

    sort: Literal["name", "created_at", "last_job_at"] = "last_job_at"


EXPERIMENT: Kind[Experiment, ExperimentQuery] = Kind(
    name=names.EXPERIMENT,
    model=Experiment,
    query=ExperimentQuery,
    spec=ExperimentCreate,
    changes=ExperimentUpdate,
    columns=(
        Column("name"),
        Column("jobs", align="right"),
        Column("last job", align="right", field="last_job_at"),
        Column("description"),
    ),
    follows=("job",),
)
