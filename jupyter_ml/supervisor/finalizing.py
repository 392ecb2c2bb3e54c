"""The end of an attempt: nothing left running, everything kept, one true last state."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jupyter_ml.executor.assemble import write_output
from jupyter_ml.executor.spool import reserve_of
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.git import GitState
from jupyter_ml.schemas.spool import Ended
from jupyter_ml.schemas.states import JobState
from jupyter_ml.storage import snapshots
from jupyter_ml.supervisor.clock import attempt_time
from jupyter_ml.supervisor.keeping import keep

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.workspace import Workspace
    from jupyter_ml.supervisor.outcome import Outcome

__all__ = ["finalize"]

_log = logging.getLogger(__name__)


def finalize(workspace: Workspace, job: Job, folder: AttemptFolder, outcome: Outcome) -> None:
    """Bring an attempt to its end, or its job back into the queue; safe to do again after a crash in the middle."""
    store = workspace.store.jobs
    wished_to_end = store.transition(job.name, JobState.FINALIZING).cancel_requested_at is not None
    workspace.nudge()
    _write_notebook(folder, outcome)
    reserve_of(folder.spool).unlink(missing_ok=True)  # which a killed executor leaves
    keep(workspace, job, folder)
    if outcome.state is JobState.FAILED and job.attempt <= job.retries and not job.external and not wished_to_end:
        store.transition(job.name, JobState.QUEUED, cause=outcome.cause, time=attempt_time(folder))
        workspace.nudge()
        return
    cause = outcome.cause
    if job.run_id is not None:
        try:
            _close_run(workspace, job, job.run_id, folder, outcome.state)
        except Exception as error:
            _log.exception("%s: its MLflow run could not be completed", job.name)
            cause = cause or Cause(
                kind=CauseKind.TRACKING,
                message=f"What the job left behind could not be attached to its MLflow run: {error}",
                hint=f"Everything lies in {folder.path}.",
            )
    store.transition(job.name, outcome.state, cause=cause, time=attempt_time(folder))
    workspace.vault.delete(job.name)
    workspace.nudge()


def _write_notebook(folder: AttemptFolder, outcome: Outcome) -> None:
    """Assemble the executed notebook where the executor could not do it any more."""
    if folder.output.exists():
        return
    ended = Ended.model_validate(
        {"time": attempt_time(folder).timestamp(), "state": outcome.state.value, "cause": outcome.cause}
    )
    try:
        write_output(folder, ended)
    except Exception:
        _log.exception("%s: the executed notebook could not be written", folder.path)


def _close_run(workspace: Workspace, job: Job, run_id: str, folder: AttemptFolder, state: JobState) -> None:
    tracking = workspace.tracking
    for path in (folder.output, folder.packages, folder.std_log):
        if path.is_file() and not path.is_symlink():
            tracking.attach(run_id, path, None)
    for kept in (folder.kept_outputs, folder.kept_files):
        if kept.is_dir():
            tracking.attach(run_id, kept, kept.name)
    if job.snapshot is not None:
        tracking.attach(run_id, snapshots.path(workspace.layout.snapshots, job.snapshot), "code", link=True)
    git_state = workspace.layout.git_state(job.name)
    if git_state.exists() and (diff := GitState.model_validate_json(git_state.read_bytes()).diff):
        patch = folder.path / "uncommitted.diff"
        patch.unlink(missing_ok=True)  # it may be a link that the job made
        patch.write_bytes(diff)
        tracking.attach(run_id, patch, None)
    metrics = tracking.metrics(run_id)
    if metrics:
        workspace.store.jobs.set_metrics(job.name, metrics)
    tracking.end_run(run_id, state, job.parameters)
