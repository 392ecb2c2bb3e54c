# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Exit codes: one table for errors, one for the final states of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml import errors

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job

__all__ = ["ABORTED", "ERRORS", "STATES", "exit_code", "job_exit_code"]

ERRORS: dict[type[errors.JupyterMLError], int] = {
    errors.InvalidInputError: 2,
    errors.NotFoundError: 3,
    errors.ConflictError: 4,
    errors.WorkspaceError: 5,
    errors.UnavailableError: 6,
    errors.JupyterMLError: 9,
}
"""Exit code of each error class; other classes have the code of their base class."""

STATES = {"Completed": 0, "Failed": 1, "Canceled": 130}
"""Exit code of each final state, for commands that watch a job."""

ABORTED = 130
"""Exit code after Ctrl-C, as in a shell."""


def exit_code(error: errors.JupyterMLError) -> int:
    """Return the exit code of an error."""
    return next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)


def job_exit_code(job: Job) -> int:
    """Return the exit code for the final state of a job."""
    return STATES[job.state]
