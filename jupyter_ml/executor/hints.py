# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What to do about a failure that comes from an environment variable that the job has not."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.regular import open_regular

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.executor.outcome import Outcome
    from jupyter_ml.schemas.causes import Cause
    from jupyter_ml.schemas.launch import AttemptFolder, Launch

__all__ = ["explain_variable", "last_words"]

TAIL_BYTES = 4_000
MISSING = re.compile(r"KeyError: '(\w+)'|(\w+): unbound variable|(\w+): parameter (?:null or )?not set")
"""What Python, bash and sh say about a variable that is not there."""


def explain_variable(outcome: Outcome, folder: AttemptFolder, launch: Launch) -> Outcome:
    """Return the outcome, with a hint where a variable is missing that whoever submitted the job has."""
    cause = outcome.cause
    if cause is None:
        return outcome
    missing = [next(filter(None, found)) for found in MISSING.findall(last_words(cause, folder.std_log))]
    name = next((name for name in reversed(missing) if name in launch.not_passed), None)
    if name is None:
        return outcome
    hint = f"{name} is set where the job was submitted, but is not one of the variables that jobs take from there: "
    hint += f"submit it with --env {name}, or with --secret {name} where nobody may see the value."
    return replace(outcome, cause=cause.model_copy(update={"hint": hint}))


def last_words(cause: Cause, log: Path) -> str:
    """Return what a failed cell raised, or the last that a failed command printed."""
    if cause.kind is CauseKind.EXCEPTION:
        return f"{cause.exception}: {cause.value}"
    if cause.kind is not CauseKind.COMMAND:
        return ""
    try:
        with open_regular(log) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
