# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The MLflow run of a job that ends: what the job left behind is attached, and the run ends in any case."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.git import GitState
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.storage import snapshots
from jupyter_ml.supervisor.claiming import DetachedError
from jupyter_ml.supervisor.metrics import show, store_rest
from jupyter_ml.supervisor.outside import named
from jupyter_ml.tracking.client import JOB_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.states import JobState
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.patience import Patience

__all__ = ["complete_run", "repair_runs"]

_log = logging.getLogger(__name__)


def complete_run(
    workspace: WorkspaceContext, job: Job, folder: AttemptFolder, patience: Patience, *, state: JobState | None
) -> None:
    """Attach all that a job left behind, file by file, and end its run; what does not work becomes a warning.

    Parameters
    ----------
    workspace, job, folder
        What has ended; the job has a run.
    patience
        For a store that is locked or does not answer.
    state
        How it ended; None leaves the run as it is, for `repair_runs`.
    """
    for name, step in _steps(workspace, job, folder):
        _try(workspace, job, patience, f"{name} was not added to the MLflow run", step)
    if state is not None:
        _try(workspace, job, patience, "The MLflow run was not ended", partial(_end, workspace, job, state))


def repair_runs(workspace: WorkspaceContext, patience: Patience) -> None:
    """Complete the runs of jobs that have ended without them, as when the store was locked."""
    for run_id, name in workspace.tracking.running(JOB_TAG).items():
        try:
            job = workspace.store.jobs.get(name)
        except NotFoundError:
            continue
        if job.run_id != run_id or job.state not in FINAL:
            continue
        if store_rest(workspace, job, patience):
            return
        folder = AttemptFolder(workspace.layout.attempt(name, job.attempt))
        complete_run(workspace, job, folder, patience, state=job.state)
        _log.info("%s: its MLflow run %s had not ended", name, run_id)


def _try(workspace: WorkspaceContext, job: Job, patience: Patience, failed: str, step: Callable[[], None]) -> None:
    try:
        patience.insist(step)
    except DetachedError:
        raise
    except Exception as error:
        _log.exception("%s: %s", job.name, failed)
        workspace.store.jobs.add_warnings(job.name, [JobWarning(message=f"{failed}: {error}")])


def _end(workspace: WorkspaceContext, job: Job, state: JobState) -> None:
    assert job.run_id is not None
    workspace.tracking.end_run(job.run_id, state, job.parameters)


def _steps(workspace: WorkspaceContext, job: Job, folder: AttemptFolder) -> Iterator[tuple[str, Callable[[], None]]]:
    for path in (folder.output, folder.packages, folder.std_log):
        yield path.name, partial(_attach, workspace, job, path)
    for path in (folder.kept_outputs, folder.kept_files):
        yield f"{path.name}/", partial(_attach, workspace, job, path, path.name)
    yield "code/", partial(_attach_code, workspace, job)
    yield "uncommitted.diff", partial(_attach_diff, workspace, job, folder.uncommitted)
    yield "The latest value of some metric", partial(show, workspace, job)


def _attach(workspace: WorkspaceContext, job: Job, path: Path, place: str | None = None) -> None:
    assert job.run_id is not None
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        return
    left_out = workspace.tracking.attach(job.run_id, path, place)
    if left_out:
        names = [f"{file.relative_to(path.parent)} ({error})" for file, error in sorted(left_out.items())]
        message = f"Left out of the MLflow run: {named(names, len(names))}"
        workspace.store.jobs.add_warnings(job.name, [JobWarning(message=message, hint=f"See {path.parent}.")])


def _attach_code(workspace: WorkspaceContext, job: Job) -> None:
    assert job.run_id is not None
    if job.snapshot is not None:
        code = snapshots.path(workspace.layout.snapshots, job.snapshot)
        workspace.tracking.attach(job.run_id, code, "code", link=True)


def _attach_diff(workspace: WorkspaceContext, job: Job, patch: Path) -> None:
    git_state = workspace.layout.git_state(job.name)
    if git_state.exists() and (diff := GitState.model_validate_json(git_state.read_bytes()).diff):
        patch.unlink(missing_ok=True)  # it may be a link that the job made
        patch.write_bytes(diff)
        _attach(workspace, job, patch)
