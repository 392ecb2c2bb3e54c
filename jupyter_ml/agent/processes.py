# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find processes of this machine, and all that belong to them."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MARKER", "marked", "parent", "start_time"]

MARKER = "JUPYTER_ML_PROCESS"
"""Environment variable that marks a program and all of its descendants."""


def start_time(pid: int) -> str:
    """Return the start time of a process, which distinguishes it from a later one with the same pid, also after a boot.

    Raises
    ------
    ProcessLookupError
        When there is no such process.
    """
    return f"{_boot()}/{_status(pid)[19]}"


@functools.lru_cache(maxsize=1)
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _status(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` from the third one on: state, parent, and so on."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            return file.read().rpartition(b")")[2].decode().split()
    except FileNotFoundError:
        raise ProcessLookupError(f"there is no process {pid}") from None


def parent(pid: int) -> int | None:
    """Return the pid of a process's parent; None where it has ended or is a zombie."""
    try:
        state, parent = _status(pid)[:2]
    except OSError:
        return None
    return None if state in ("Z", "X") else int(parent)


def marked(marker: str, root: int | None = None) -> list[int]:
    """Return `root`, the living processes that carry `marker`, and those of their descendants that carry none.

    This process and its ancestors are never among them. A zombie holds nothing any more and does not count. A daemon
    that has both left its parents and cleared its environment cannot be distinguished from an unrelated process and is
    not found.
    """
    wanted, any_marker = f"\0{MARKER}={marker}\0".encode(errors="surrogateescape"), f"\0{MARKER}=".encode()
    spared = set(_with_ancestors(os.getpid()))
    found, unmarked = [], []
    for pid in _every():
        environ = _environ(pid)
        if pid in spared:
            continue
        if wanted in environ or (pid == root and parent(pid) is not None):  # a zombie has no environment
            found.append(pid)
        elif any_marker not in environ:
            unmarked.append(pid)
    if not found:  # as a rule: then no process is looked at more closely
        return []
    children: dict[int | None, list[int]] = {}
    for pid in unmarked:
        children.setdefault(parent(pid), []).append(pid)
    return [*found, *(child for pid in found for child in _below(pid, children))]


def _with_ancestors(pid: int | None) -> Iterator[int]:
    while pid:
        yield pid
        pid = parent(pid)


def _every() -> Iterator[int]:
    """Yield all pids, and look again until there is none that is new: a program may fork faster than one look."""
    seen: set[int] = set()
    while new := {int(name) for name in os.listdir("/proc") if name.isdigit()} - seen:
        seen |= new
        yield from new


def _environ(pid: int) -> bytes:
    """Return ``NAME=value`` of a process, each between null bytes; empty where it has ended or cannot be read."""
    try:
        with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:
            return b"\0" + file.read() + b"\0"
    except OSError:
        return b""


def _below(pid: int, children: dict[int | None, list[int]]) -> Iterator[int]:
    for child in children.pop(pid, []):
        yield child
        yield from _below(child, children)
