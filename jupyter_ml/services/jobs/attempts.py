# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the directories of attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.launch import AttemptFolder, start_of

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.layout import Layout

__all__ = ["attempt_folder"]


def attempt_folder(layout: Layout, job: Job, number: int | None = None) -> AttemptFolder:
    """Return the directory of an attempt of a job, the current or last one by default."""
    notebook = job.spec.notebook_in_code() if job.spec is not None else None
    start = start_of(notebook) if notebook is not None else ""
    return AttemptFolder(layout.attempt(job.name, job.attempt if number is None else number), start)
