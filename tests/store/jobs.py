# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs to put into a store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.runs import Metric, Run
from jupyter_ml.schemas.specs import NotebookJob

if TYPE_CHECKING:
    from jupyter_ml.store import Store

WHEN = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


def job(name: str, **values) -> Job:
    """A notebook job that waits on the local compute."""
    parameters = values.get("parameters", {})
    created = {
        "type": "notebook",
        "display_name": name,
        "experiment_name": "diabetes",
        "compute": "local",
        "state": "Queued",
        "created_at": WHEN,
        "spec": NotebookJob(notebook="/home/user/train.ipynb", parameters=parameters),
    }
    return Job.model_validate(created | values | {"name": name})


def claim(store: Store, limit: int = 1, **values) -> list[str]:
    """Claim jobs that wait on the local compute, and return their names."""
    return [each.name for each in store.jobs.claim(**({"host": "here", "compute": "local"} | values), limit=limit)]


def run(number: int, **values) -> Run:
    """A run that another program logged to MLflow."""
    created = {
        "run_id": f"{number:032x}",
        "name": f"run-{number}",
        "experiment_name": "diabetes",
        "state": "Completed",
        "started_at": WHEN,
    }
    return Run.model_validate(created | values)


def metric(value: float, step: int = 0) -> Metric:
    """The last value of a metric."""
    return Metric(value=value, step=step, time=WHEN)


def events(store: Store) -> list[tuple[str, str, str]]:
    """Type, job and state of each event of a job."""
    found = [event for event in store.events.since(0) if event.kind == "job"]
    return [(event.type, event.name, event.data["state"]) for event in found]


def names(store: Store, **query) -> list[str]:
    """The names of the jobs that a query finds."""
    return [found.name for found in store.jobs.list(JobQuery(**query)).items]
