# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The table and the charts in which the runs of an experiment are shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from jupyter_ml.schemas.base import Schema

__all__ = ["RUN_COLUMNS", "RunChart", "RunColumn", "RunView"]

RUN_COLUMNS = (
    r"^(name|source|state|created_at|duration_s|user|description|starred|cost"
    r"|((parameters|metrics|tags)\.[\s\S]{1,250}))$"
)
"""Pattern of the keys of a run's values: what every run has, or e.g. ``parameters.alpha``."""

RunColumn = Annotated[str, StringConstraints(pattern=RUN_COLUMNS)]


class RunChart(Schema):
    """A chart of runs."""

    type: Literal["lines", "bars", "scatter", "parallel", "box"]
    """Metrics by step, one value of each run, two values of each run, several values, or values by group."""
    columns: list[RunColumn] = Field(min_length=1, max_length=20)
    """What it shows: the metrics of ``lines``, the value of ``bars``, x and y of ``scatter``, the axes of
    ``parallel`` from left to right, the group and the value of ``box``."""
    log: StrictBool = False
    """Whether values are on a logarithmic scale."""


class RunView(Schema):
    """How the runs of an experiment are shown; it is saved with the experiment."""

    columns: list[RunColumn] | None = Field(default=None, max_length=100)
    """Columns of the table from left to right; those that differ among the runs by default."""
    pinned: int = Field(default=2, ge=0, le=100)
    """How many of the first columns stay visible when the table scrolls."""
    widths: dict[RunColumn, Annotated[int, Field(ge=30, le=2_000)]] = Field(default={}, max_length=200)
    """Widths of columns in pixels."""
    sort: RunColumn = "created_at"
    descending: StrictBool = True
    group: RunColumn | None = None
    """Column by which runs are grouped."""
    charts: list[RunChart] | None = Field(default=None, max_length=20)
    """The charts; by default those that fit the runs."""
    layout: Literal["table", "both", "charts"] = "both"
    """Whether the table, the charts or both are shown."""
