# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Spare the garbage collector what a test run never releases: modules and collected tests.

Each full collection looks at all objects, a million of them here, which took two fifths of the CPU of the unit tests.
"""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 50, 100)
"""As for `gc.set_threshold`; Python's own first one, 700, is for small programs."""


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(*THRESHOLDS)
