# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The declaration of jobs as a kind of resource."""

from __future__ import annotations

from jupyter_ml.schemas.formatting import SIGNS, age, duration, elapsed_s, summary
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.queries import JobQuery

__all__ = ["JOB"]

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
