# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the directories of attempts, and those that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.jobs import MLFLOW_RUN
from jupyter_ml.schemas.launch import AttemptFolder, start_of
from jupyter_ml.schemas.requests import RequestKind
from jupyter_ml.schemas.states import JobState

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.layout import Layout

__all__ = ["attempt_folder", "gone_directory"]


def attempt_folder(layout: Layout, job: Job, number: int | None = None) -> AttemptFolder:
    """Return the directory of an attempt of a job, the current or last one by default."""
    notebook = job.spec.notebook_in_code() if job.spec is not None else None
    start = start_of(notebook) if notebook is not None else ""
    return AttemptFolder(layout.attempt(job.name, job.attempt if number is None else number), start)


def gone_directory(layout: Layout, job: Job, number: int | None = None) -> str | None:
    """Return that the directory of an attempt does not exist any more, e.g. because it was deleted by hand.

    None if it exists, and if the job has had none: an MLflow run, a job that waits, and one that failed before its
    directory was created.
    """
    number = job.attempt if number is None else number
    path = layout.attempt(job.name, number)
    if not number or path.is_dir() or job.type == MLFLOW_RUN or _is_deleted(job):
        return None
    if not layout.job(job.name).is_dir():
        path = layout.job(job.name)
    elif job.state is not JobState.COMPLETED and not job.progress.cells_total:
        return None
    return (
        f"the directory of job {job.name} is gone ({path}), with its event log and the files that only it had; state, "
        "parameters and metrics of the job are still known, and artifacts in MLflow"
    )


def _is_deleted(job: Job) -> bool:
    return job.request is not None and job.request.kind is RequestKind.DELETE
