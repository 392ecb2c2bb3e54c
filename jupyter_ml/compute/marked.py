# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find and kill the processes of this machine that carry a marker."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from jupyter_ml.compute.base import MARKER
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["kill_marked", "marked"]

_TIMEOUT_S = 10.0


def marked(marker: str, root: int | None = None) -> list[psutil.Process]:
    """Return `root`, the living processes that carry `marker`, and those of their descendants that carry none.

    This process and its ancestors are never among them. A zombie holds nothing any more and does not count. A daemon
    that has both left its parents and cleared its environment cannot be distinguished from an unrelated process and is
    not found.
    """
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found: dict[int, psutil.Process] = {}
    unmarked: dict[int, list[psutil.Process]] = {}
    for process in _every():
        with suppress(psutil.Error), process.oneshot():
            if process.pid in spared or process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
                continue
            environ = _environ(process)
            if process.pid == root or environ.get(MARKER) == marker:
                found[process.pid] = process
            elif MARKER not in environ:
                unmarked.setdefault(process.ppid(), []).append(process)
    return [*found.values(), *(child for pid in found for child in _below(pid, unmarked))]


def _every() -> Iterator[psutil.Process]:
    """Yield all processes, and look again until there is none that is new: a program may fork faster than one look."""
    seen: set[int] = set()
    while new := set(psutil.pids()) - seen:
        seen |= new
        for pid in new:
            with suppress(psutil.NoSuchProcess):
                yield psutil.Process(pid)


def _environ(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.AccessDenied:
        return {}


def _below(pid: int, children: dict[int, list[psutil.Process]]) -> Iterator[psutil.Process]:
    for child in children.pop(pid, []):
        yield child
        yield from _below(child.pid, children)


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
                f"processes {sorted(process.pid for process in left)} do not end, though they were killed: "
                "they belong to another user or hang in the operating system"
            )
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        time.sleep(0.005)
