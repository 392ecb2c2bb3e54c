# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Operations on all jobs that match a query."""

from __future__ import annotations

from enum import StrEnum

from jupyter_ml.schemas.base import Schema

__all__ = ["MAX_JOBS", "BulkAction", "BulkResult", "Refusal"]

MAX_JOBS = 1_000
"""Jobs that one operation concerns at most."""


class BulkAction(StrEnum):
    """What to do with each job."""

    CANCEL = "cancel"
    ARCHIVE = "archive"
    RESTORE = "restore"
    DELETE = "delete"

    @property
    def is_request(self) -> bool:
        """Whether the supervisor carries it out, a moment later."""
        return self in (BulkAction.CANCEL, BulkAction.DELETE)


class Refusal(Schema):
    """A job on which the operation was not possible."""

    name: str
    """Name of the job."""
    message: str
    """Why."""


class BulkResult(Schema):
    """What an operation on all jobs that match a query has done."""

    matched: int
    """How many jobs match in all."""
    changed: int
    """On how many of them, of 1,000 at most, the operation was carried out or requested."""
    refused: list[Refusal] = []
    """Those on which it was not possible, the first 20."""
