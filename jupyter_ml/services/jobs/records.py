# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write a copy of each job's row to its directory, from which a lost database can be recovered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import ValidationError

from jupyter_ml.schemas.repair import JobRecord

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.layout import Layout

__all__ = ["read_record", "write_record"]


def write_record(context: WorkspaceContext, job: Job) -> None:
    """Write the row of a job to its directory, readable by the owner only; `job` is what was just read or written."""
    jobs = context.store.jobs
    path = context.layout.record(job.name)
    temporary = path.with_suffix(f".{uuid4().hex}.tmp")  # a client and the supervisor may write it at the same time
    while True:
        record = JobRecord(job=job, attempts=jobs.attempts(job.name))
        temporary.touch(mode=0o600)
        temporary.write_text(record.model_dump_json(), encoding="utf-8")
        temporary.replace(path)
        if jobs.is_current(job):
            return
        job = jobs.get(job.name)


def read_record(layout: Layout, name: str) -> JobRecord | None:
    """Return the row in the directory of a job; None if there is none, or it is of another job."""
    try:
        record = JobRecord.model_validate_json(layout.record(name).read_bytes())
    except (OSError, ValidationError):
        return None
    return record if record.job.name == name else None
