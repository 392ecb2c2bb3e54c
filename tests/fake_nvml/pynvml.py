# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

# ruff: noqa: N801, N802, N818 -- NVIDIA's names

"""A stand-in for NVIDIA's module with the functions that are used, with two GPUs.

The machines of the tests have no GPU; `tests/gpu/check.sh` is for one that has.
"""

from __future__ import annotations

from types import SimpleNamespace


class NVMLError(Exception):
    """What each function raises."""


class NVMLError_LibraryNotFound(NVMLError):
    """There is no driver."""


def nvmlInit() -> None: ...


def nvmlShutdown() -> None: ...


def nvmlDeviceGetCount() -> int:
    return 2


def nvmlDeviceGetHandleByIndex(index: int) -> int:
    return index


def nvmlDeviceGetUUID(handle: int) -> str:
    return f"GPU-{handle}aaa-1"


def nvmlDeviceGetName(handle: int) -> str:
    del handle
    return "Fake GPU"


def nvmlDeviceGetMemoryInfo(handle: int) -> SimpleNamespace:
    return SimpleNamespace(used=(handle + 1) * 2**30, total=8 * 2**30)


def nvmlDeviceGetUtilizationRates(handle: int) -> SimpleNamespace:
    if handle == 1:
        raise NVMLError("Not Supported")
    return SimpleNamespace(gpu=50)
