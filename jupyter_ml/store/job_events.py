# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows of events about jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.store.events import event_row

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import JsonValue

    from jupyter_ml.schemas.jobs import Job

__all__ = ["event_data", "job_event"]


def job_event(type: str, job: Job, time: datetime) -> dict[str, Any]:  # noqa: A002
    """Return the row of an event about a job."""
    return event_row(type, "job", job.name, event_data(job), time)


def event_data(job: Job) -> dict[str, JsonValue]:
    """Return what the events of a job contain."""
    return {
        "state": job.state,
        "attempt": job.attempt,
        "type": job.type,
        "experiment_name": job.experiment_name,
        "archived": job.archived,
        "request": job.request.model_dump(mode="json") if job.request else None,
    }
