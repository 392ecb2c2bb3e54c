# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Capture the code of a job at its submission, and find it again."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.launch import Ignored
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.storage import git, snapshots

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = [
    "Capture",
    "capture",
    "git_state",
    "inside_code",
    "read_ignored",
    "recapture",
    "submitted_code",
    "submitted_notebook",
]

_ignored = TypeAdapter(list[Ignored])


@dataclass(frozen=True)
class Capture:
    """The code of a job, as it is at the submission.

    Attributes
    ----------
    snapshot : str or None
        Content hash of the code; None if the job has none.
    ignored : list of Ignored
        Files that ignore files excluded.
    git : str or None
        State of the git repository, as JSON.
    """

    snapshot: str | None = None
    ignored: list[Ignored] = field(default_factory=list)
    git: str | None = None

    def write(self, context: WorkspaceContext, name: str) -> None:
        """Write what belongs to it into the directory of a job."""
        if self.git is not None:
            context.layout.git_state(name).write_text(self.git, encoding="utf-8")
        if self.ignored:
            context.layout.ignored(name).write_bytes(_ignored.dump_json(self.ignored))


def capture(context: WorkspaceContext, job: NotebookJob | CommandJob, notebook: Path | None) -> Capture:
    """Take a snapshot of a job's code.

    Parameters
    ----------
    context
        Context of the workspace.
    job
        The job, with absolute paths.
    notebook
        File of its notebook, if it is not among the code.
    """
    limits = context.settings.snapshots
    take = partial(
        snapshots.take, store=context.layout.snapshots, max_bytes=limits.max_bytes, max_files=limits.max_files
    )
    if job.code is not None:
        code = Path(job.code)
        added = {inside_code(job): notebook} if notebook and isinstance(job, NotebookJob) else {}
        digest, left_out = take(code, added=added)
        ignored = [Ignored(path=_text(entry.path), rule=_text(entry.target)) for entry in left_out]
        return Capture(digest, ignored, git_state(code))
    if isinstance(job, CommandJob):
        return Capture(git=git_state(Path.cwd()))
    with tempfile.TemporaryDirectory(prefix="jupyter-ml-") as directory:
        shutil.copyfile(notebook or job.notebook, Path(directory, Path(job.notebook).name))
        return Capture(take(Path(directory)).digest, git=git_state(Path(job.notebook).parent))


def recapture(context: WorkspaceContext, original: Job) -> Capture:
    """Return what was captured of another job, for a job that runs it again."""
    layout = context.layout
    snapshot = original.snapshot and snapshots.renew(layout.snapshots, original.snapshot)
    try:
        state = layout.git_state(original.name).read_text(encoding="utf-8")
    except FileNotFoundError:
        state = None
    return Capture(snapshot, read_ignored(context, original.name), state)


def git_state(directory: Path) -> str | None:
    """Return the state of the git repository of a directory as JSON; None if it is in none."""
    state = git.describe(directory)
    return state.model_dump_json() if state is not None else None


def read_ignored(context: WorkspaceContext, name: str) -> list[Ignored]:
    """Return the files that ignore files excluded from a job's code."""
    try:
        return _ignored.validate_json(context.layout.ignored(name).read_bytes())
    except FileNotFoundError:
        return []


def inside_code(job: NotebookJob) -> str:
    """Return the path of a job's notebook in the copy of its code."""
    if job.code is None:
        return Path(job.notebook).name
    notebook, code = Path(job.notebook), Path(job.code)
    if notebook.is_relative_to(code):  # links in the path may have changed since
        return str(notebook.relative_to(code))
    return str(notebook.resolve().relative_to(code.resolve()))


def submitted_code(context: WorkspaceContext, job: Job) -> Path | None:
    """Return the read-only directory with the code of a job; None for a command without code.

    Raises
    ------
    ConflictError
        If papermill ran it, in a process of its own.
    """
    if job.runner is Runner.PAPERMILL:
        raise ConflictError(
            f"there is no snapshot of the notebook of job {job.name}: papermill ran it in a process of its own"
        )
    return snapshots.path(context.layout.snapshots, job.snapshot) if job.snapshot else None


def submitted_notebook(context: WorkspaceContext, job: Job) -> Path:
    """Return the file of a job's notebook as it was submitted.

    Raises
    ------
    ConflictError
        If the job has no notebook, or papermill ran it.
    """
    if not isinstance(job.spec, NotebookJob):
        raise ConflictError(f"job {job.name} has no notebook")
    code = submitted_code(context, job)
    assert code is not None
    return code / inside_code(job.spec)


def _text(name: str) -> str:
    return os.fsencode(name).decode(errors="replace")  # the name of a file may not be text
