# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Exit codes: one table for errors, one for how a job ended."""

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
"""By class; what is not in the table has the code of its base."""

STATES = {"Completed": 0, "Failed": 1, "Canceled": 130}
"""By the state in which a job ended, for commands that watch one."""

ABORTED = 130
"""For somebody who pressed Ctrl-C, as in a shell."""


def exit_code(error: errors.JupyterMLError) -> int:
    """Return the exit code of an error."""
    return next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)


def job_exit_code(job: Job) -> int:
    """Return the exit code that says how a job ended."""
    return STATES[job.state]
