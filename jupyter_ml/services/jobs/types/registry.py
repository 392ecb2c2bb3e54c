# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""All types of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.command_job import CommandJob
from jupyter_ml.schemas.notebook_job import NotebookJob
from jupyter_ml.services.jobs.types.command import CommandType
from jupyter_ml.services.jobs.types.notebook import NotebookType

if TYPE_CHECKING:
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.services.jobs.types.base import JobType

__all__ = ["JOB_TYPES", "SUFFIXES", "type_of"]

JOB_TYPES: dict[type[JobSpec], JobType[Any]] = {NotebookJob: NotebookType(), CommandJob: CommandType()}
"""Types of jobs by the models of their specs, which have their names (`jupyter_ml.schemas.specs.JOB_SPECS`)."""

SUFFIXES = tuple(suffix for each in JOB_TYPES.values() for suffix in each.suffixes)
"""Suffixes of the files that can be run as jobs, in lower case."""


def type_of(spec: JobSpec) -> JobType[Any]:
    """Return the type of a job."""
    return JOB_TYPES[type(spec)]
