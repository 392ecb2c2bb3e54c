# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find and kill the processes of this machine that carry a marker."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["kill_marked", "marked"]

_TIMEOUT_S = 10.0
_ANY_MARKER = f"\0{MARKER}=".encode()


def marked(marker: str, root: int | None = None) -> list[int]:
    """Return `root`, the living processes that carry `marker`, and those of their descendants that carry none.

    This process and its ancestors are never among them. A zombie holds nothing any more and does not count. A daemon
    that has both left its parents and cleared its environment cannot be distinguished from an unrelated process and is
    not found.
    """
    wanted = f"\0{MARKER}={marker}\0".encode(errors="surrogateescape")
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found, unmarked = [], []
    for pid in _every():
        environ = _environ(pid)
        if pid in spared:
            continue
        if wanted in environ or (pid == root and _parent(pid) is not None):  # a zombie has no environment
            found.append(pid)
        elif _ANY_MARKER not in environ:
            unmarked.append(pid)
    if not found:  # as a rule: then no process is looked at more closely
        return []
    children: dict[int, list[int]] = {}
    for pid in unmarked:
        if (parent := _parent(pid)) is not None:
            children.setdefault(parent, []).append(pid)
    return [*found, *(child for pid in found for child in _below(pid, children))]


def _every() -> Iterator[int]:
    """Yield all pids, and look again until there is none that is new: a program may fork faster than one look."""
    seen: set[int] = set()
    while new := set(psutil.pids()) - seen:
        seen |= new
        yield from new


def _environ(pid: int) -> bytes:
    """Return ``NAME=value`` of a process, each between null bytes; empty where it has ended or cannot be read."""
    try:
        if sys.platform == "linux":  # several times as fast as psutil
            with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:  # noqa: PTH123 -- twice as fast
                return b"\0" + file.read() + b"\0"
        variables = psutil.Process(pid).environ().items()
        return "".join(["\0", *(f"{name}={value}\0" for name, value in variables)]).encode(errors="surrogateescape")
    except (OSError, psutil.Error):
        return b""


def _parent(pid: int) -> int | None:
    """Return the pid of a process's parent; None where it has ended or is a zombie."""
    try:
        if sys.platform == "linux":
            with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:  # noqa: PTH123
                state, parent = file.read().rpartition(b")")[2].split(maxsplit=2)[:2]
            return None if state in (b"Z", b"X") else int(parent)
        process = psutil.Process(pid)
        return None if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD) else process.ppid()
    except (OSError, psutil.Error):
        return None


def _below(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    for child in children.pop(pid, []):
        yield child
        yield from _below(child, children)


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
