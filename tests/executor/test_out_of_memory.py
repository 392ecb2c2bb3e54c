# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Only a kernel that was killed by SIGKILL can have been killed for its memory."""

from __future__ import annotations

import signal

import pytest

from jupyter_ml.executor.outcome import RunningCell, kernel_died
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.cells import CellPlace


@pytest.mark.parametrize(
    ("number", "out_of_memory", "kind"),
    [
        (signal.SIGKILL, True, CauseKind.OUT_OF_MEMORY),
        (signal.SIGKILL, False, CauseKind.KERNEL_DIED),
        (signal.SIGSEGV, True, CauseKind.KERNEL_DIED),
    ],
)
def test_only_sigkill_with_such_a_kill_is_out_of_memory(number, out_of_memory, kind) -> None:
    cause = kernel_died(-number, out_of_memory, RunningCell(1, "hoard = []", CellPlace(2, 2, 2))).cause
    assert (cause.kind, cause.signal, cause.cell) == (kind, signal.Signals(number).name, 1)
