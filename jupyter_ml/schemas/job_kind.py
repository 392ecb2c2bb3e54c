# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The declaration of jobs as a kind of resource."""

from __future__ import annotations

from functools import partial
from typing import Literal

from jupyter_ml.schemas.formatting import SIGNS, age, duration, elapsed_s, summary, value_text
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.queries import JobQuery

__all__ = ["JOB", "job_columns"]

JOB: Kind[Job, JobQuery] = Kind(
    singular="job",
    plural="jobs",
    model=Job,
    query=JobQuery,
    columns=(
        Column("name", lambda job: job.name),
        Column("state", lambda job: f"{SIGNS[job.state]} {job.state}"),
        Column("experiment", lambda job: job.experiment_name),
        Column("created", lambda job: age(job.created_at), "right"),
        Column("duration", lambda job: duration(elapsed_s(job)), "right"),
        Column("summary", summary),
    ),
    operations=frozenset({"list", "get", "archive", "restore", "delete"}),
)


def job_columns(query: JobQuery) -> tuple[Column[Job], ...]:
    """Return the columns of a list of jobs, with one for each parameter and metric that the query uses."""
    used = [(item.source, item.key) for item in query.where if item.source != "tags"]
    source, dot, key = query.sort.partition(".")
    if dot:
        used.append(("metrics" if source == "metrics" else "parameters", key))
    values = (Column(key, partial(_value, source, key), "right") for source, key in dict.fromkeys(used))
    *first, last = JOB.columns
    return (*first, *values, last)


def _value(source: Literal["parameters", "metrics", "tags"], key: str, job: Job) -> str:
    return value_text((job.metrics if source == "metrics" else job.parameters).get(key))
