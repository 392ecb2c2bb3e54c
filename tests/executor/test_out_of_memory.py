# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kills for memory are detected from the counters of Linux, which are those of the whole machine."""

from __future__ import annotations

import signal

import pytest

from jupyter_ml.executor import measure
from jupyter_ml.executor.measure import OutOfMemoryWatch
from jupyter_ml.executor.outcome import kernel_died
from jupyter_ml.schemas.causes import CauseKind


@pytest.mark.parametrize(
    ("before", "after", "killed"),
    [
        ({"/proc/vmstat": 7}, {"/proc/vmstat": 8}, True),
        ({"/proc/vmstat": 7}, {"/proc/vmstat": 7}, False),
        ({"/proc/vmstat": 7, "memory.events": 0}, {"/proc/vmstat": 7, "memory.events": 1}, True),
        ({}, {"/proc/vmstat": 7}, False),
    ],
)
def test_a_kill_increases_a_counter(monkeypatch, before, after, killed) -> None:
    monkeypatch.setattr(measure, "_kills", lambda: before)
    watch = OutOfMemoryWatch()
    monkeypatch.setattr(measure, "_kills", lambda: after)
    assert watch.killed() is killed


@pytest.mark.parametrize(
    ("number", "out_of_memory", "kind"),
    [
        (signal.SIGKILL, True, CauseKind.OUT_OF_MEMORY),
        (signal.SIGKILL, False, CauseKind.KERNEL_DIED),
        (signal.SIGSEGV, True, CauseKind.KERNEL_DIED),
    ],
)
def test_only_sigkill_with_such_a_kill_is_out_of_memory(number, out_of_memory, kind) -> None:
    cause = kernel_died(-number, out_of_memory, 1, "hoard = []").cause
    assert (cause.kind, cause.signal, cause.cell) == (kind, signal.Signals(number).name, 1)


def test_linux_counts_kills() -> None:
    assert "/proc/vmstat" in measure._kills()
