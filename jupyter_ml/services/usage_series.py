# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Keep how busy a compute was in a file of a fixed size: of a day every ten seconds, of a month every five minutes."""

from __future__ import annotations

import math
import os
import struct
from typing import TYPE_CHECKING

from jupyter_ml.schemas.series import ComputeSample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ml.schemas.compute_states import ComputeUsage

__all__ = ["SAMPLE_S", "UsageSeries"]

SAMPLE_S = 10
MEAN_S = 300
SLOTS = 8_640
"""Of each resolution: a day, and 30 days."""

_RECORD = struct.Struct("<9d")
_FIELDS = tuple(ComputeSample.model_fields)


class UsageSeries:
    """A file in which each time has its place, which a later one overwrites; one process writes it.

    Parameters
    ----------
    path
        The file; it is created by the first sample.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, time: float, usage: ComputeUsage, *, jobs: int, kernels: int) -> None:
        """Add a sample, and update the mean of its five minutes."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        percents = [gpu.percent for gpu in usage.gpus if gpu.percent is not None]
        sample = (
            time,
            usage.cpu_percent,
            float(usage.memory_bytes),
            float(usage.memory_total_bytes),
            sum(percents) / len(percents) if percents else math.nan,
            float(sum(gpu.memory_bytes for gpu in usage.gpus)),
            float(sum(gpu.memory_total_bytes for gpu in usage.gpus)),
            float(jobs),
            float(kernels),
        )
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, _RECORD.pack(*sample), int(time // SAMPLE_S) % SLOTS * _RECORD.size)
            start = time // MEAN_S * MEAN_S
            first, count = int(start // SAMPLE_S) % SLOTS, MEAN_S // SAMPLE_S
            recent = os.pread(descriptor, count * _RECORD.size, first * _RECORD.size)
            same = [each for each in _records(recent) if start <= each[0] < start + MEAN_S]
            mean = [sum(values) / len(same) for values in zip(*same, strict=True)]
            place = (SLOTS + int(time // MEAN_S) % SLOTS) * _RECORD.size
            os.pwrite(descriptor, _RECORD.pack(*mean), place)
        finally:
            os.close(descriptor)

    def read(self, since: float, *, until: float, max_points: int) -> list[ComputeSample]:
        """Return the samples of a time in their order: at most so many means of equal parts of it."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        day = SLOTS * _RECORD.size
        kept = content[:day] if until - since <= SLOTS * SAMPLE_S else content[day:]
        width = max((until - since) / max_points, 1e-9)
        parts: dict[int, list[tuple[float, ...]]] = {}
        for each in sorted(each for each in _records(kept) if since <= each[0] < until):
            parts.setdefault(min(int((each[0] - since) / width), max_points - 1), []).append(each)
        return [_mean(part) for part in parts.values()]


def _records(content: bytes) -> Iterator[tuple[float, ...]]:
    return _RECORD.iter_unpack(content[: len(content) // _RECORD.size * _RECORD.size])


def _mean(samples: list[tuple[float, ...]]) -> ComputeSample:
    means = (sum(values) / len(samples) for values in zip(*samples, strict=True))
    known = {name: None if math.isnan(value) else value for name, value in zip(_FIELDS, means, strict=True)}
    return ComputeSample.model_validate(known | {"time": known["time"] or 0.0})
