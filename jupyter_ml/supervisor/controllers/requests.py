# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Store why a request failed, on the job that it concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.base import now

if TYPE_CHECKING:
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["note_failure"]


def note_failure(workspace: WorkspaceContext, name: str, error: Exception, retry_s: float) -> None:
    """Store why the pending request of a job failed and when it is tried again; nothing where it was withdrawn."""
    try:
        retry_at = now() + timedelta(seconds=retry_s)
        workspace.store.jobs.request_failed(name, f"{error or type(error).__name__}", retry_at)
    except (NotFoundError, ConflictError):
        return
    workspace.notify()
