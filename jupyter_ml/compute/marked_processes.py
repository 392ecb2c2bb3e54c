# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find and kill the processes of this machine that carry a marker."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress

import psutil

from jupyter_ml.agent import processes
from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import UnavailableError

__all__ = ["kill_marked", "marked"]

_TIMEOUT_S = 10.0


def marked(marker: str, root: int | None = None) -> list[int]:
    """Return the living processes that carry a marker, and others that belong to them; as `processes.marked`."""
    if sys.platform == "linux":
        return processes.marked(marker, root)
    return _marked(marker, root)


def _marked(marker: str, root: int | None) -> list[int]:
    """Do the same where there is no ``/proc`` (macOS)."""
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found: set[int] = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            value = process.environ().get(MARKER)
            if process.status() != psutil.STATUS_ZOMBIE and (value == marker or process.pid == root):
                found.add(process.pid)
                found.update(child.pid for child in process.children(recursive=True) if _unmarked(child))
    return sorted(found - spared)


def _unmarked(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE and MARKER not in process.environ()
    return False


def kill_marked(marker: str, root: int | None = None) -> None:
    """End every process that `marked` finds, and return when none is left.

    Raises
    ------
    UnavailableError
        When some are left after 10 s.
    """
    deadline = time.monotonic() + _TIMEOUT_S
    while left := marked(marker, root):
        if time.monotonic() > deadline:
            raise UnavailableError(
                f"processes {', '.join(map(str, sorted(left)))} do not end, though they were killed: "
                "they belong to another user or hang in the operating system"
            )
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
