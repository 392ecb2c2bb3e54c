# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Add a hint to a failure that a missing environment variable has caused."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.executor.outcome import Outcome
    from jupyter_ml.schemas.causes import Cause
    from jupyter_ml.schemas.launch import AttemptFolder, Launch

__all__ = ["error_text", "explain_variable"]

TAIL_BYTES = 4_000
MISSING = re.compile(r"KeyError: '(\w+)'|(\w+): unbound variable|(\w+): parameter (?:null or )?not set")
"""Matches the messages of Python, bash and sh about a missing variable."""


def explain_variable(outcome: Outcome, folder: AttemptFolder, launch: Launch) -> Outcome:
    """Return the outcome, with a hint if a variable is missing that is set where the job was submitted."""
    cause = outcome.cause
    if cause is None:
        return outcome
    missing = [next(filter(None, found)) for found in MISSING.findall(error_text(cause, folder.std_log))]
    name = next((name for name in reversed(missing) if name in launch.not_passed), None)
    if name is None:
        return outcome
    hint = f"{name} is set where the job was submitted, but is not one of the variables that jobs take from there: "
    hint += f"submit it with --env {name}, or with --secret {name} if the value is confidential."
    return replace(outcome, cause=cause.model_copy(update={"hint": hint}))


def error_text(cause: Cause, log: Path) -> str:
    """Return the exception of a failed cell, or the last output of a failed command."""
    if cause.kind is CauseKind.EXCEPTION:
        return f"{cause.exception}: {cause.value}"
    if cause.kind is not CauseKind.COMMAND:
        return ""
    try:
        with open_regular(log) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
