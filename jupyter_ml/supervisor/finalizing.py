# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""End an attempt: keep its results, complete its MLflow run, store its last state."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.compaction import compact
from jupyter_ml.eventlog.writer import reserve_of
from jupyter_ml.notebooks.assemble import write_output
from jupyter_ml.schemas.event_log import Ended
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.records import write_record
from jupyter_ml.supervisor.clock import attempt_time
from jupyter_ml.supervisor.completing import complete_run
from jupyter_ml.supervisor.metrics import store_rest
from jupyter_ml.supervisor.outputs import register_outputs
from jupyter_ml.supervisor.results import collect_nodes, store_results

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.schemas.outcomes import Outcome
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.retrying import Retrying
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["finalize"]

_log = logging.getLogger(__name__)


async def finalize(
    workspace: WorkspaceContext,
    threads: Threads,
    job: Job,
    folder: AttemptFolder,
    *,
    outcome: Outcome,
    retrying: Retrying,
) -> None:
    """End an attempt, or put its job back into the queue; safe to repeat after a crash in the middle."""
    if outcome.state is JobState.QUEUED:
        assert outcome.cause is not None
        await threads.store(workspace.store.jobs.release, job.name, outcome.cause)
        workspace.notify()
        return
    canceled = await threads.slow(_collect, workspace, job, folder, outcome)
    unstored = job.run_id is not None and await store_rest(workspace, threads, job, retrying)
    if outcome.state is JobState.FAILED and job.attempt <= job.retries and job.supervised and not canceled:
        await threads.store(_requeue, workspace, job, folder, outcome)
        return
    if job.run_id is not None:
        state = None if unstored else outcome.state
        await complete_run(workspace, threads, job, folder, retrying, state=state)
    if outcome.state is JobState.COMPLETED and job.supervised:
        await threads.slow(register_outputs, workspace, job, folder)
    await threads.store(_end, workspace, job, folder, outcome)


def _collect(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, outcome: Outcome) -> bool:
    """Write the executed notebook and keep the results; return whether the job is to be canceled."""
    finalizing = workspace.store.jobs.transition(job.name, JobState.FINALIZING)
    workspace.notify()
    collect_nodes(folder)
    _write_notebook(folder, outcome)
    _tidy(folder)
    store_results(workspace, job, folder)
    return finalizing.cancel_requested_at is not None


def _requeue(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, outcome: Outcome) -> None:
    workspace.store.jobs.transition(job.name, JobState.QUEUED, cause=outcome.cause, time=_end_time(folder, outcome))
    workspace.notify()


def _end(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, outcome: Outcome) -> None:
    time = _end_time(folder, outcome)
    ended = workspace.store.jobs.transition(job.name, outcome.state, cause=outcome.cause, time=time)
    workspace.job_secrets.delete(job.name)
    write_record(workspace, ended)
    workspace.notify()


def _end_time(folder: AttemptFolder, outcome: Outcome) -> datetime:
    """Return when an attempt ended: its executor may have ended while no supervisor ran."""
    present = attempt_time(folder)
    return present if outcome.ended_s is None else min(present, datetime.fromtimestamp(outcome.ended_s, UTC))


def _tidy(folder: AttemptFolder) -> None:
    """Remove what a killed executor leaves beside its event log, and compact the log."""
    reserve_of(folder.event_log).unlink(missing_ok=True)
    try:
        compact(folder.event_log)
    except OSError:
        _log.exception("%s could not be compacted", folder.event_log)


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
