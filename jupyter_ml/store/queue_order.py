# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The order in which queued jobs start: by priority, until those of lower priority have waited long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, literal, literal_column, tuple_, type_coerce

from jupyter_ml.store.columns import Timestamp
from jupyter_ml.store.tables import QUEUE_STEP_US, jobs

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row

__all__ = ["QUEUE_ORDER", "starts_before"]

_RANK = type_coerce(
    type_coerce(jobs.c.created_at, BigInteger) - jobs.c.priority * literal_column(f"{QUEUE_STEP_US}"), Timestamp
)
QUEUE_ORDER = (_RANK, jobs.c.id)
"""A job starts as one of the next lower priority would that was submitted a day earlier.

So a job is passed only by those that are submitted within a day for each step of their priority above its own, and the
order of two jobs never changes while they wait: an index has it.
"""


def starts_before(row: Row[Any]) -> ColumnElement[bool]:
    """Return the condition that a queued job starts before the one of a row."""
    rank = row.created_at - row.priority * timedelta(microseconds=QUEUE_STEP_US)
    return tuple_(*QUEUE_ORDER) < tuple_(literal(rank, Timestamp), literal(row.id))
