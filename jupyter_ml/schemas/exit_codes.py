# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Exit codes of the executor."""

from __future__ import annotations

__all__ = [
    "EXITS",
    "EXIT_CANCELED",
    "EXIT_COMPLETED",
    "EXIT_FAILED",
    "EXIT_LOG_FULL",
    "EXIT_SUPERSEDED",
    "EXIT_USAGE",
]

EXIT_COMPLETED = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
"""The directory contains no job to run."""
EXIT_LOG_FULL = 74
"""The disk is full, and even the `Ended` event did not fit."""
EXIT_SUPERSEDED = 75
"""Another supervisor has claimed the attempt in the meantime; nothing was run."""
EXIT_CANCELED = 130
EXITS = {"Completed": EXIT_COMPLETED, "Failed": EXIT_FAILED, "Canceled": EXIT_CANCELED}
"""Exit code by the state of the job."""
