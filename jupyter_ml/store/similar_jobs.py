# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the latest similar job, by which the duration of a job is estimated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import Text, desc, select, type_coerce

from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store.rows import read_jobs
from jupyter_ml.store.tables import job_details, jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_ml.schemas.jobs import Job

__all__ = ["latest_similar_job"]

_LATEST = 2_000
"""Number of completed jobs that are searched: older ones are less similar, and searching all takes long."""
_CANDIDATES = 5


def latest_similar_job(connection: Connection, job: Job) -> Job | None:
    """Return the last completed job that is similar to `job`, preferably of its experiment; None without one."""
    if job.spec is None or not job.spec.similar_by:
        return None
    shared = {field: getattr(job.spec, field) for field in job.spec.similar_by}
    field, value = next(iter(shared.items()))
    completed = select(jobs.c.id).where(
        jobs.c.state == JobState.COMPLETED, jobs.c.lifecycle_stage < LifecycleStage.DELETING
    )
    latest = completed.order_by(jobs.c.id.desc()).limit(_LATEST).subquery()
    # the text of the spec is searched, which may find too much: e.g. a parameter may be called notebook
    key = f"{json.dumps(field)}:{json.dumps(value)}"
    named = type_coerce(job_details.c.spec, Text).contains(key, autoescape=True)
    alike = (
        select(latest.c.id)
        .join(jobs, jobs.c.id == latest.c.id)
        .join(job_details, job_details.c.job_id == latest.c.id)
        .where(jobs.c.type == job.type, jobs.c.name != job.name, named)
        .order_by(desc(jobs.c.experiment_name == job.experiment_name), latest.c.id.desc())
        .limit(_CANDIDATES)
    )
    for each in read_jobs(connection, list(connection.scalars(alike))):
        if each.spec is not None and all(getattr(each.spec, key) == shared[key] for key in shared):
            return each
    return None
