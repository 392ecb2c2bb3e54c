# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What was kept of a job at its submission: it can be shown and run again, whatever has become of the user's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, InvalidInputError
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.launch import AttemptFolder, start_of
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.storage import snapshots

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.specs import CommandJob
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.layout import Layout

__all__ = ["attempt_folder", "inside_code", "rerun_spec", "submitted_code", "submitted_notebook"]


def inside_code(job: NotebookJob) -> str:
    """Return the path of a job's notebook in the copy of its code."""
    if job.code is None:
        return Path(job.notebook).name
    notebook, code = Path(job.notebook), Path(job.code)
    if notebook.is_relative_to(code):  # links in the path may have changed since
        return str(notebook.relative_to(code))
    return str(notebook.resolve().relative_to(code.resolve()))


def attempt_folder(layout: Layout, job: Job, number: int | None = None) -> AttemptFolder:
    """Return the folder of an attempt of a job, the current or last one when `number` is None."""
    start = start_of(inside_code(job.spec)) if isinstance(job.spec, NotebookJob) else ""
    return AttemptFolder(layout.attempt(job.name, job.attempt if number is None else number), start)


def submitted_code(context: WorkspaceContext, job: Job) -> Path | None:
    """Return the folder with the code of a job, which is not to be changed; None for a command without code.

    Raises
    ------
    ConflictError
        When somebody else's process runs it.
    """
    if job.runner is Runner.PAPERMILL:
        raise ConflictError(f"the notebook of job {job.name} was not kept: papermill ran it in a process of its own")
    return snapshots.path(context.layout.snapshots, job.snapshot) if job.snapshot else None


def submitted_notebook(context: WorkspaceContext, job: Job) -> Path:
    """Return the file of a job's notebook as it was submitted.

    Raises
    ------
    ConflictError
        When the job has none, or somebody else's process runs it.
    """
    if not isinstance(job.spec, NotebookJob):
        raise ConflictError(f"job {job.name} has no notebook")
    code = submitted_code(context, job)
    assert code is not None
    return code / inside_code(job.spec)


def rerun_spec(job: NotebookJob | CommandJob, original: Job) -> NotebookJob | CommandJob:
    """Return `job` as one that runs what `original` ran.

    Raises
    ------
    ConflictError
        When Jupyter ML has not run that.
    InvalidInputError
        When it is of another type.
    """
    spec = original.spec
    if spec is None:
        raise ConflictError(f"{original.name} was made with MLflow by hand: there is nothing that could be run again")
    if job.type != spec.type:
        raise InvalidInputError(
            f"rerun_of: {original.name} is a {spec.type} job, and this one is not", field="rerun_of"
        )
    same = {"notebook": spec.notebook} if isinstance(spec, NotebookJob) else {}
    return job.model_copy(update={**same, "code": spec.code})
