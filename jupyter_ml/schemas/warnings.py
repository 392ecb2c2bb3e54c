# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What went wrong in a job without failing it."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Sentence

__all__ = ["MAX_WARNINGS", "JobWarning"]

MAX_WARNINGS = 50
"""How many warnings a job has at most; later ones are dropped."""


class JobWarning(Schema):
    """Something that the user of a job has to know although the job goes on."""

    message: Sentence
    """One sentence: what is missing or different, and where; shortened to 2,000 characters."""
    hint: Sentence | None = None
    """What to do about it."""
    cell: int | None = None
    """Index of the cell in the notebook as submitted, from 0."""
