# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The end of an attempt: nothing left running, everything kept, one true last state."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.compaction import compact
from jupyter_ml.eventlog.writer import reserve_of
from jupyter_ml.notebooks.assemble import write_output
from jupyter_ml.schemas.event_log import Ended
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.records import write_record
from jupyter_ml.supervisor.clock import attempt_time
from jupyter_ml.supervisor.completing import complete_run
from jupyter_ml.supervisor.keeping import keep
from jupyter_ml.supervisor.metrics import store_rest

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.schemas.outcomes import Outcome
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.patience import Patience

__all__ = ["finalize"]

_log = logging.getLogger(__name__)


def finalize(
    workspace: WorkspaceContext, job: Job, folder: AttemptFolder, outcome: Outcome, patience: Patience
) -> None:
    """Bring an attempt to its end, or its job back into the queue; safe to do again after a crash in the middle."""
    store = workspace.store.jobs
    wished_to_end = store.transition(job.name, JobState.FINALIZING).cancel_requested_at is not None
    workspace.notify()
    _write_notebook(folder, outcome)
    _tidy(folder)
    keep(workspace, job, folder)
    unstored = job.run_id is not None and store_rest(workspace, job, patience)
    if outcome.state is JobState.FAILED and job.attempt <= job.retries and job.supervised and not wished_to_end:
        store.transition(job.name, JobState.QUEUED, cause=outcome.cause, time=attempt_time(folder))
        workspace.notify()
        return
    if job.run_id is not None:
        complete_run(workspace, job, folder, patience, state=None if unstored else outcome.state)
    store.transition(job.name, outcome.state, cause=outcome.cause, time=attempt_time(folder))
    workspace.vault.delete(job.name)
    write_record(workspace, job.name)
    workspace.notify()


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
