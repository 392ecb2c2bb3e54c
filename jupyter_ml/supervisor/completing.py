# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Complete the MLflow run of a job that ends: attach its results and end the run."""

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
from jupyter_ml.supervisor.cancellation import DetachedError
from jupyter_ml.supervisor.metrics import show, store_rest
from jupyter_ml.supervisor.written_files import named
from jupyter_ml.tracking.client import JOB_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.states import JobState
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.retrying import Retrying
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["complete_run", "repair_runs"]

_log = logging.getLogger(__name__)


async def complete_run(
    workspace: WorkspaceContext,
    threads: Threads,
    job: Job,
    folder: AttemptFolder,
    retrying: Retrying,
    *,
    state: JobState | None,
) -> None:
    """Attach the results of a job, file by file, and end its run; what fails becomes a warning.

    Parameters
    ----------
    workspace, threads, job, folder
        What has ended; the job has a run.
    retrying
        For a store that is locked or unavailable.
    state
        How it ended; None leaves the run as it is, for `repair_runs`.
    """
    steps = [(f"{name} was not added to the MLflow run", step) for name, step in _steps(workspace, job, folder)]
    if state is not None:
        steps.append(("The MLflow run was not ended", partial(_end, workspace, job, state)))
    for failed, step in steps:
        try:
            await retrying.call(step)
        except DetachedError:
            raise
        except Exception as error:
            _log.exception("%s: %s", job.name, failed)
            warning = JobWarning(message=f"{failed}: {error}")
            await threads.store(workspace.store.jobs.add_warnings, job.name, [warning])


async def repair_runs(workspace: WorkspaceContext, threads: Threads, retrying: Retrying) -> None:
    """Complete the runs of jobs that have ended without them, e.g. because the store was locked."""
    for run_id, name in (await threads.slow(workspace.tracking.running, JOB_TAG)).items():
        try:
            job = await threads.store(workspace.store.jobs.get, name)
        except NotFoundError:
            continue
        if job.run_id != run_id or job.state not in FINAL:
            continue
        if await store_rest(workspace, threads, job, retrying):
            return
        folder = AttemptFolder(workspace.layout.attempt(name, job.attempt))
        await complete_run(workspace, threads, job, folder, retrying, state=job.state)
        _log.info("%s: its MLflow run %s had not ended", name, run_id)


def _end(workspace: WorkspaceContext, job: Job, state: JobState) -> None:
    assert job.run_id is not None
    workspace.tracking.end_run(job.run_id, state, job.parameters)


def _steps(workspace: WorkspaceContext, job: Job, folder: AttemptFolder) -> Iterator[tuple[str, Callable[[], None]]]:
    for path in (folder.output, folder.packages, folder.std_log):
        if _is_there(path):
            yield path.name, partial(_attach, workspace, job, path)
    for path in (folder.stored_outputs, folder.stored_files, folder.process_logs):
        if _is_there(path):
            yield f"{path.name}/", partial(_attach, workspace, job, path, path.name)
    if job.snapshot is not None:
        yield "code/", partial(_attach_code, workspace, job, job.snapshot)
    if workspace.layout.git_state(job.name).exists():
        yield "uncommitted.diff", partial(_attach_diff, workspace, job, folder.uncommitted)
    yield "The latest value of some metric, parameter or tag", partial(show, workspace, job, final=True)


def _is_there(path: Path) -> bool:
    """Return whether there is anything to attach; where that cannot be seen, the attempt to attach it reports why."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True


def _attach(workspace: WorkspaceContext, job: Job, path: Path, place: str | None = None) -> None:
    assert job.run_id is not None
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        return
    left_out = workspace.tracking.attach(job.run_id, path, place)
    if left_out:
        names = [f"{file.relative_to(path.parent)} ({error})" for file, error in sorted(left_out.items())]
        message = f"Left out of the MLflow run: {named(names, len(names))}"
        workspace.store.jobs.add_warnings(job.name, [JobWarning(message=message, hint=f"See {path.parent}.")])


def _attach_code(workspace: WorkspaceContext, job: Job, snapshot: str) -> None:
    assert job.run_id is not None
    code = snapshots.path(workspace.layout.snapshots, snapshot)
    workspace.tracking.attach(job.run_id, code, "code", link=True)


def _attach_diff(workspace: WorkspaceContext, job: Job, patch: Path) -> None:
    if diff := GitState.model_validate_json(workspace.layout.git_state(job.name).read_bytes()).diff:
        patch.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # a job may fail before it has a directory
        patch.unlink(missing_ok=True)  # it may be a link that the job made
        patch.write_bytes(diff)
        _attach(workspace, job, patch)
