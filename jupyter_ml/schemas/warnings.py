# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Warnings: problems of a job that did not fail it."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Sentence

__all__ = ["MAX_WARNINGS", "JobWarning"]

MAX_WARNINGS = 50
"""How many warnings a job has at most; later ones are dropped."""


class JobWarning(Schema):
    """A problem that does not end the job."""

    message: Sentence
    """One sentence: what is missing or different, and where; shortened to 2,000 characters."""
    hint: Sentence | None = None
    """What to do about it."""
    cell: int | None = None
    """Index of the cell in the notebook as submitted, from 0."""
