# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Delete a job permanently: its MLflow run, its files, then its row."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError

if TYPE_CHECKING:
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["purge", "remove_folder"]


def purge(workspace: WorkspaceContext, name: str) -> None:
    """Delete a job whose deletion is requested; safe to repeat after a failure or a crash in the middle.

    A run that does not exist any more, e.g. after ``mlflow gc``, counts as deleted.

    Raises
    ------
    NotFoundError
        When there is no such job.
    OSError
        When a file cannot be removed.
    """
    job = workspace.store.jobs.begin_delete(name)
    if job is None:  # withdrawn meanwhile
        return
    if job.run_id is not None:
        with suppress(NotFoundError):
            workspace.tracking.delete_run(job.run_id)
    remove_folder(workspace.layout.job(name))
    workspace.job_secrets.delete(name)
    workspace.store.jobs.delete(name)
    workspace.notify()


def remove_folder(folder: Path) -> None:
    """Remove a directory and everything in it, read-only directories included."""
    if not folder.exists():
        return
    try:
        shutil.rmtree(folder)
    except PermissionError:
        for parent, _, _ in os.walk(folder):  # from the top: a directory is read after it was changed
            Path(parent).chmod(0o700)
        shutil.rmtree(folder)
