"""What was kept of a job at its submission: it can be shown and run again, whatever has become of the user's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.jobs import NotebookJob
from jupyter_ml.storage import snapshots

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.workspace import Workspace

__all__ = ["inside_code", "kept_notebook"]


def inside_code(job: NotebookJob) -> str:
    """Return the path of a job's notebook in the copy of its code."""
    if job.code is None:
        return Path(job.notebook).name
    return str(Path(job.notebook).resolve().relative_to(Path(job.code).resolve()))


def kept_notebook(workspace: Workspace, job: Job) -> Path:
    """Return the file of a job's notebook as it was submitted.

    Raises
    ------
    ConflictError
        When the job has none, or runs in a process that is not ours.
    """
    if not isinstance(job.spec, NotebookJob):
        raise ConflictError(f"job {job.name} has no notebook")
    if job.snapshot is None:
        raise ConflictError(f"the notebook of job {job.name} was not kept: somebody else's process runs it")
    return snapshots.path(workspace.layout.snapshots, job.snapshot) / inside_code(job.spec)
