"""What went wrong in a job without failing it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from jupyter_ml.schemas.base import Schema

__all__ = ["MAX_WARNINGS", "JobWarning"]

MAX_WARNINGS = 50
"""How many warnings a job has at most; later ones are dropped."""
MAX_CHARS = 2_000

_Sentence = Annotated[str, AfterValidator(lambda text: text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 1]}…")]


class JobWarning(Schema):
    """Something that the user of a job has to know although the job goes on."""

    message: _Sentence
    """One sentence: what is missing or different, and where; shortened to 2,000 characters."""
    hint: _Sentence | None = None
    """What to do about it."""
    cell: int | None = None
    """Index of the cell in the notebook as submitted, from 0."""
