# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Series of metrics and of the usage of a job."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema

__all__ = ["MetricHistory", "MetricPoint", "MetricSeries", "UsageHistory", "UsagePoint"]

MetricPoint = tuple[int, int, float | None]
"""Step, milliseconds since the epoch, value; None where the value is not finite."""

UsagePoint = tuple[int, float, int]
"""Milliseconds since the epoch, CPU in percent of one core, memory in bytes."""


class MetricSeries(Schema):
    """The series of one metric."""

    key: str
    points: list[MetricPoint]
    """In order of step and time."""
    total: int
    """How many were logged."""


class MetricHistory(Schema):
    """The series of a job's metrics."""

    series: list[MetricSeries]


class UsageHistory(Schema):
    """What the processes of an attempt used."""

    points: list[UsagePoint]
