# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Values of many runs by column, for tables and charts."""

from __future__ import annotations

from pydantic import Field

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.jobs import Number
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.run_views import RunColumn

__all__ = ["RunColumnSummary", "RunColumns", "RunTable", "RunTableQuery"]


class RunTableQuery(JobQuery):
    """Which runs, and which of their columns."""

    columns: list[RunColumn] = Field(default=[], max_length=100)
    limit: int = Field(default=10_000, ge=1, le=10_000)


class RunTable(Schema):
    """Values of runs, one list for each column, all in the order of the runs."""

    columns: dict[str, list[Number | str | bool | None]]
    """What was asked for, and always ``name``, ``display_name``, ``state`` and ``created_at``.

    Times are seconds since 1970, durations seconds; ``source`` is the path of a notebook or a command; ``cost`` is the
    duration multiplied by the current price of the compute. A parameter that
    is a number is one here; texts are shortened to 250 characters. None where a run has no value.
    """
    total: int
    """How many runs match; those beyond the limit have no values here."""


class RunColumnSummary(Schema):
    """A parameter, metric or tag that runs have."""

    column: str
    """E.g. ``parameters.alpha``."""
    runs: int
    """How many runs have it."""
    differs: bool
    """Whether runs differ in its value, or in whether they have it."""
    series: bool = False
    """Whether it is a metric with values at several steps."""


class RunColumns(Schema):
    """The parameters, metrics and tags that runs have, the most frequent of each first."""

    items: list[RunColumnSummary]
    runs: int
    """How many runs were examined, the newest ones."""
    cost: float | None = None
    """What they cost together at the current prices; None if no compute on which one has run has a price."""
    primary_metric: str | None = None
    """The metric by which the runs are compared: that of most of the newest 100, as lists of jobs show it."""
