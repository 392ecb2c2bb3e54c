# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Series of metrics and of the usage of a job."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema

__all__ = [
    "ComputeSample",
    "ComputeSeries",
    "MetricHistory",
    "MetricPoint",
    "MetricSeries",
    "UsageHistory",
    "UsagePoint",
]

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


class ComputeSample(Schema):
    """How busy a compute was at one time, or in the mean of an interval."""

    time: float
    """Seconds since the epoch."""
    cpu_percent: float
    """Of all its processors together, 0 to 100."""
    memory_bytes: float
    memory_total_bytes: float
    gpu_percent: float | None
    """Of all its GPUs together; None if it has none, or they do not measure that."""
    gpu_memory_bytes: float
    gpu_memory_total_bytes: float
    jobs: float
    """How many jobs ran."""
    kernels: float
    """How many kernels ran, without those of this machine."""


class ComputeSeries(Schema):
    """How busy a compute was over time."""

    samples: list[ComputeSample]
    """In their order; none of a time in which no supervisor ran."""
