# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The NVIDIA GPUs of this machine, by NVIDIA's library NVML (the extra ``gpu``).

It is loaded into the processes that start jobs and serve clients, never into those that are forked: a process that has
used the driver cannot be.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.compute_states import GpuUsage

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["VISIBLE", "gpu_ids", "gpu_usage"]

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The variable by which CUDA sees some GPUs only."""

_log = logging.getLogger(__name__)


def gpu_ids() -> tuple[str, ...]:
    """Return the ids of the GPUs that programs of this process may use; none without NVML or without a driver."""
    with _nvml() as nvml:
        return () if nvml is None else tuple(identifier for identifier, _ in _visible(nvml))


def gpu_usage() -> list[GpuUsage]:
    """Return how busy each of these GPUs is."""
    with _nvml() as nvml:
        return [] if nvml is None else [_usage(nvml, *each) for each in _visible(nvml)]


@contextmanager
def _nvml() -> Iterator[Any]:
    """Load NVML; None where it is not installed, or there is no driver."""
    try:
        import pynvml
    except ImportError:
        yield None
        return
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        _log.debug("there are no GPUs: %s", error)
        yield None
        return
    try:
        yield pynvml
    finally:
        pynvml.nvmlShutdown()


def _visible(nvml: Any) -> Iterator[tuple[str, Any]]:
    """Yield id and handle of each GPU, but for those that this process itself does not see."""
    wanted = os.environ.get(VISIBLE)
    for index in range(nvml.nvmlDeviceGetCount()):
        with suppress(nvml.NVMLError):  # one that has fallen off the bus
            handle = nvml.nvmlDeviceGetHandleByIndex(index)
            identifier = nvml.nvmlDeviceGetUUID(handle)
            names = None if wanted is None else [name.strip() for name in wanted.split(",")]
            if names is None or any(name == str(index) or (name and identifier.startswith(name)) for name in names):
                yield identifier, handle


def _usage(nvml: Any, identifier: str, handle: Any) -> GpuUsage:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    percent = None
    with suppress(nvml.NVMLError):  # one that is divided (MIG) has none
        percent = float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)
    return GpuUsage(
        id=identifier,
        name=nvml.nvmlDeviceGetName(handle),
        percent=percent,
        memory_bytes=memory.used,
        memory_total_bytes=memory.total,
    )
