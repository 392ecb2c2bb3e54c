# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How busy a compute was is kept for a day and for a month, in a file that does not grow."""

from __future__ import annotations

import math

import pytest

from jupyter_ml.schemas.compute_states import ComputeUsage, GpuUsage
from jupyter_ml.services.usage_series import UsageSeries

START = 1_800_000_000.0
DAY = 86_400


def usage(cpu=0.0, memory=1, gpus=()):
    found = [
        GpuUsage(id=str(number), name="", percent=percent, memory_bytes=1, memory_total_bytes=8)
        for number, percent in enumerate(gpus)
    ]
    return ComputeUsage(cpu_count=1, cpu_percent=cpu, memory_bytes=memory, memory_total_bytes=9, gpus=found)


@pytest.fixture
def series(tmp_path):
    return UsageSeries(tmp_path / "gpu" / "usage")


def test_nothing_is_kept_at_first(series):
    assert series.read(0, until=START, max_points=9) == []


def test_samples_are_read_in_their_order_as_means_of_equal_parts(series):
    for number in range(60):
        series.add(START + 10 * number, usage(cpu=number % 2 * 100), jobs=number, kernels=0)
    hour = {"until": START + 600, "max_points": 100}
    found = series.read(START, **hour)
    assert [each.jobs for each in found] == [*range(60)]
    assert [each.cpu_percent for each in found[:4]] == [0, 100, 0, 100]
    assert [each.jobs for each in series.read(START + 590, **hour)] == [59]
    halves = series.read(START, until=START + 600, max_points=2)
    assert [(each.jobs, each.cpu_percent) for each in halves] == [(14.5, 50), (44.5, 50)]
    assert halves[0].gpu_percent is None


def test_a_gpu_that_does_not_measure_is_left_out(series):
    series.add(START, usage(gpus=(50, None, 100)), jobs=0, kernels=0)
    [found] = series.read(START, until=START + 1, max_points=9)
    assert (found.gpu_percent, found.gpu_memory_bytes, found.gpu_memory_total_bytes) == (75, 3, 24)


def test_a_later_time_overwrites_an_earlier_one_and_a_month_is_kept_as_means(series):
    for number in range(30):
        series.add(START + 10 * number, usage(cpu=100), jobs=number, kernels=0)
    series.add(START + DAY, usage(), jobs=7, kernels=0)
    kept = series.read(START, until=START + DAY, max_points=10_000)
    assert [each.jobs for each in kept] == [*range(1, 30)], "the first sample was overwritten"
    month = series.read(START - 5, until=START + 2 * DAY, max_points=1_000)
    assert [(each.cpu_percent, each.jobs) for each in month] == [(100, 14.5), (0, 7)]
    assert all(math.isfinite(each.time) for each in month)
    assert (series._path).stat().st_size <= 2 * 8_640 * 72


def test_a_damaged_file_is_read_as_far_as_it_goes(series):
    series.add(START, usage(), jobs=3, kernels=2)
    content = series._path.read_bytes()
    series._path.write_bytes(content[:-5])
    assert [(each.jobs, each.kernels) for each in series.read(START, until=START + 1, max_points=9)] == [(3, 2)]
