# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Capture the code of a job at its submission, and find it again."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.launch import Ignored
from jupyter_ml.storage import git, snapshots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = [
    "Capture",
    "capture_code",
    "capture_file",
    "git_state",
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


def capture_code(context: WorkspaceContext, code: Path, added: Mapping[str, Path]) -> Capture:
    """Take a snapshot of a directory.

    Parameters
    ----------
    context
        Context of the workspace.
    code
        The directory.
    added
        Further files, by their paths in the snapshot.
    """
    digest, left_out = _take(context, code, added)
    ignored = [Ignored(path=_text(entry.path), rule=_text(entry.target)) for entry in left_out]
    return Capture(digest, ignored, git_state(code))


def capture_file(context: WorkspaceContext, path: Path, file: Path) -> Capture:
    """Take a snapshot of one file.

    Parameters
    ----------
    context
        Context of the workspace.
    path
        Path that the file has for the user.
    file
        Where its content is.
    """
    with tempfile.TemporaryDirectory(prefix="jupyter-ml-") as directory:
        shutil.copyfile(file, Path(directory, path.name))
        return Capture(_take(context, Path(directory)).digest, git=git_state(path.parent))


def _take(context: WorkspaceContext, directory: Path, added: Mapping[str, Path] | None = None) -> snapshots.Snapshot:
    limits, store = context.settings.snapshots, context.layout.snapshots
    return snapshots.take(directory, store, max_bytes=limits.max_bytes, max_files=limits.max_files, added=added or {})


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
    notebook = job.spec.notebook_in_code() if job.spec is not None else None
    if notebook is None:
        raise ConflictError(f"job {job.name} has no notebook")
    code = submitted_code(context, job)
    assert code is not None
    return code / notebook


def _text(name: str) -> str:
    return os.fsencode(name).decode(errors="replace")  # the name of a file may not be text
