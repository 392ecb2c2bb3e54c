# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Store what a job logs: metrics from the attempt's journal into MLflow, and the latest values onto the job's row."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.supervisor.cancellation import DetachedError
from jupyter_ml.tracking.journal import Journal
from jupyter_ml.tracking.metric_writer import PAUSE_S

if TYPE_CHECKING:
    from collections.abc import Hashable

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.retrying import Retrying
    from jupyter_ml.supervisor.threads import Threads
    from jupyter_ml.tracking.metric_writer import Refused

__all__ = ["MetricsCopy", "show", "store_rest"]

EVERY_S = 1.0
OTHERS_S = 15.0
"""How often to show what other programs log into the run, which is not in the journal."""
LOCKED_S = 0.5
"""How long the metrics of a running job wait for a locked file."""
RETRY_DELAY_S = 5.0
FINAL_S = 20.0

_log = logging.getLogger(__name__)


class MetricsCopy:
    """Copies the metrics of one attempt into MLflow while it runs."""

    def __init__(self, workspace: WorkspaceContext, threads: Threads, job: Job, folder: AttemptFolder) -> None:
        self._workspace, self._threads, self._job, self._folder = workspace, threads, job, folder
        self._journal = Journal(folder.metrics)
        self._look_at = time.monotonic() + EVERY_S
        self._show_at = time.monotonic() + OTHERS_S
        self._seen: Hashable = ()

    async def tick(self) -> None:
        """Store what has been logged, and show the latest values, about once a second; return soon in any case."""
        if self._job.run_id is None or time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + EVERY_S
        if self._journal.state() != self._seen or time.monotonic() >= self._show_at:
            self._show_at = time.monotonic() + OTHERS_S
            await self._threads.slow(self._copy)

    def _copy(self) -> None:
        seen = self._journal.state()
        try:
            refused = self._workspace.tracking.store_metrics(self._folder.metrics, wait_s=LOCKED_S)
            if refused is not None:
                _warn(self._workspace, self._job, self._folder, refused)
                if self._journal.pending():  # much was logged at once
                    self._look_at = time.monotonic()
            show(self._workspace, self._job)
        except Exception as error:  # a job is watched whatever its journal contains; `store_rest` adds the warning
            _log.warning("%s: its metrics have to wait: %s", self._job.name, error)
            self._look_at = time.monotonic() + RETRY_DELAY_S
        else:
            self._seen = seen  # storing changes it, too: the next look shows once more what came meanwhile


def show(workspace: WorkspaceContext, job: Job, *, final: bool = False) -> None:
    """Copy the latest values of a job's metrics, and the parameters and tags that it has logged, onto its row."""
    assert job.run_id is not None
    workspace.store.jobs.set_metrics(job.name, workspace.tracking.metrics(job.run_id))
    workspace.store.jobs.set_logged({job.name: workspace.tracking.logged(job.run_id)}, final=final)


async def store_rest(workspace: WorkspaceContext, threads: Threads, job: Job, retrying: Retrying) -> bool:
    """Store all that a job's attempts have logged and remove their journals; return whether to try again later.

    What could not be stored becomes a warning of the job, and its journal stays.
    """
    for number in range(job.attempt):
        first = AttemptFolder(workspace.layout.attempt(job.name, number + 1))
        for folder in (first, *first.further_nodes()):
            if await _store_rest(workspace, threads, job, folder, retrying):
                return True
    return False


async def _store_rest(
    workspace: WorkspaceContext, threads: Threads, job: Job, folder: AttemptFolder, retrying: Retrying
) -> bool:
    store = partial(workspace.tracking.store_metrics, folder.metrics, wait_s=FINAL_S)
    try:
        while (refused := await retrying.call(store)) is not None:
            await threads.store(_warn, workspace, job, folder, refused)
            await asyncio.sleep(PAUSE_S)
    except UnavailableError as error:
        hint = f"They are in {folder.metrics}, and are stored as soon as the MLflow store answers."
        await threads.store(_warn_of_rest, workspace, job, folder, error, hint)
        return True
    except DetachedError:
        raise
    except Exception as error:
        _log.exception("%s: metrics could not be stored", job.name)
        await threads.store(_warn_of_rest, workspace, job, folder, error, f"They are in {folder.metrics}.")
        return False
    Journal(folder.metrics).remove()
    return False


def _warn_of_rest(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, error: Exception, hint: str) -> None:
    journal = Journal(folder.metrics)
    message = f"{journal.size() - journal.stored():,} bytes of logged metrics could not be stored: {error}."
    workspace.store.jobs.add_warnings(job.name, [JobWarning(message=message, hint=hint)])


def _warn(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, refused: Refused) -> None:
    messages = [
        f"{count:,} metric values were not stored: the MLflow run {run_id} does not exist any more."
        for run_id, count in refused.gone.items()
    ]
    if refused.unreadable:
        messages.append(f"{refused.unreadable:,} lines of {folder.metrics} were not stored: they are not metrics.")
    if messages:
        workspace.store.jobs.add_warnings(job.name, [JobWarning(message=message) for message in messages])
