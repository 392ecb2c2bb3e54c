# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""GPUs of this machine, by a stand-in for NVIDIA's module: the machines of the tests have none."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from jupyter_ml.compute.gpus import gpu_ids
from jupyter_ml.compute.local import LocalCompute


@pytest.fixture(autouse=True)
def _fake(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "fake_nvml")
    monkeypatch.delitem(sys.modules, "pynvml", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    yield
    sys.modules.pop("pynvml", None)


def test_gpus_have_the_ids_that_cuda_knows():
    assert gpu_ids() == ("GPU-0aaa-1", "GPU-1aaa-1")


@pytest.mark.parametrize(
    ("visible", "expected"),
    [("1, 0", ["0", "1"]), ("GPU-1", ["1"]), ("GPU-1aaa-1,7", ["1"]), ("0", ["0"]), ("", []), ("-1", []), ("7", [])],
)
def test_gpus_that_this_process_does_not_see_are_not_given_out(monkeypatch, visible, expected):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu_ids() == tuple(f"GPU-{number}aaa-1" for number in expected)


def test_without_driver_or_module_there_are_none(monkeypatch):
    import pynvml

    def missing():
        raise pynvml.NVMLError_LibraryNotFound

    monkeypatch.setattr(pynvml, "nvmlInit", missing)
    assert gpu_ids() == ()
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu_ids() == ()


def test_usage_has_each_gpu():
    first, second = asyncio.run(LocalCompute().usage()).gpus
    assert (first.id, first.name, first.percent) == ("GPU-0aaa-1", "Fake GPU", 50)
    assert (second.percent, second.memory_bytes, second.memory_total_bytes) == (None, 2 * 2**30, 8 * 2**30)
