# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a job logs, on its way from the attempt's journal into MLflow and onto the job's row."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.supervisor.claiming import DetachedError
from jupyter_ml.tracking.journal import Journal
from jupyter_ml.tracking.storing import PAUSE_S

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.patience import Patience
    from jupyter_ml.tracking.storing import Refused

__all__ = ["MetricsCopy", "show", "store_rest"]

EVERY_S = 1.0
LOCKED_S = 0.5
"""How long a running job's watch waits for a locked file: it has other things to hear."""
AGAIN_S = 5.0
FINAL_S = 20.0

_log = logging.getLogger(__name__)


class MetricsCopy:
    """Brings the metrics of one attempt into MLflow while it runs."""

    def __init__(self, workspace: WorkspaceContext, job: Job, folder: AttemptFolder) -> None:
        self._workspace, self._job, self._folder = workspace, job, folder
        self._store_at = self._show_at = time.monotonic() + EVERY_S

    def tick(self) -> None:
        """Store what has come, and show the latest values, each about once a second; return soon in any case."""
        if self._job.run_id is None:
            return
        try:
            if time.monotonic() >= self._store_at:
                self._store_at = time.monotonic() + EVERY_S
                self._store()
            if time.monotonic() >= self._show_at:
                self._show_at = time.monotonic() + EVERY_S
                show(self._workspace, self._job)
        except Exception as error:  # a job is watched whatever is in its journal; `store_rest` tells its user
            _log.warning("%s: its metrics have to wait: %s", self._job.name, error)
            self._store_at = self._show_at = time.monotonic() + AGAIN_S

    def _store(self) -> None:
        refused = self._workspace.tracking.store_metrics(self._folder.metrics, wait_s=LOCKED_S)
        if refused is not None:
            _warn(self._workspace, self._job, self._folder, refused)
            if Journal(self._folder.metrics).pending():  # much was logged at once
                self._store_at = time.monotonic()


def show(workspace: WorkspaceContext, job: Job) -> None:
    """Copy the latest values of a job's metrics onto its row."""
    assert job.run_id is not None
    workspace.store.jobs.set_metrics(job.name, workspace.tracking.metrics(job.run_id))


def store_rest(workspace: WorkspaceContext, job: Job, patience: Patience) -> bool:
    """Store all that a job's attempts have logged and remove their journals; tell whether to try again later.

    What could not be stored becomes a warning of the job, and its journal stays.
    """
    folders = [AttemptFolder(workspace.layout.attempt(job.name, number + 1)) for number in range(job.attempt)]
    return any(_store_rest(workspace, job, folder, patience) for folder in folders)


def _store_rest(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, patience: Patience) -> bool:
    store = partial(workspace.tracking.store_metrics, folder.metrics, wait_s=FINAL_S)
    try:
        while (refused := patience.insist(store)) is not None:
            _warn(workspace, job, folder, refused)
            time.sleep(PAUSE_S)
    except UnavailableError as error:
        hint = f"They are kept in {folder.metrics}, and stored as soon as the MLflow store answers."
        _warn_of_rest(workspace, job, folder, error, hint)
        return True
    except DetachedError:
        raise
    except Exception as error:
        _log.exception("%s: metrics could not be stored", job.name)
        _warn_of_rest(workspace, job, folder, error, f"They are kept in {folder.metrics}.")
        return False
    Journal(folder.metrics).remove()
    return False


def _warn_of_rest(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, error: Exception, hint: str) -> None:
    journal = Journal(folder.metrics)
    message = f"{journal.size() - journal.stored():,} bytes of logged metrics could not be stored: {error}."
    workspace.store.jobs.add_warnings(job.name, [JobWarning(message=message, hint=hint)])


def _warn(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, refused: Refused) -> None:
    messages = [
        f"{count:,} metric values were not stored: the MLflow run {run_id} is not there any more."
        for run_id, count in refused.gone.items()
    ]
    if refused.unreadable:
        messages.append(f"{refused.unreadable:,} lines of {folder.metrics} were not stored: they are not metrics.")
    if messages:
        workspace.store.jobs.add_warnings(job.name, [JobWarning(message=message) for message in messages])
