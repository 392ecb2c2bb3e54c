# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The memory that this process may use, and whether the operating system has killed another one for its memory."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["OutOfMemoryWatch", "memory_limit"]

_GROUPS = Path("/sys/fs/cgroup")


def memory_limit() -> int | None:
    """Return how many bytes this process and its children may use: those of their control group, or of the machine.

    None where the system does not show it.
    """
    limits = []
    with suppress(OSError, ValueError):
        total = re.search(r"^MemTotal: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
        limits = [int(total[1]) * 1024] if total else []
    for mount, group in _groups("self"):
        name = "memory.limit_in_bytes" if mount.name == "memory" else "memory.max"
        for parent in (group, *group.parents):  # a group that is not shown here is that of a container
            with suppress(OSError, ValueError):  # "max" is no limit
                limits.append(int((mount / parent.relative_to("/") / name).read_text()))
    return min(limits, default=None)


class OutOfMemoryWatch:
    """Detect whether Linux has killed a process for its memory since this object was created.

    Linux counts such kills for each control group and for the whole machine. Where a process has a group of its own,
    as in a container or a Slurm job, the count is that of its processes. Otherwise a kill of another program in the
    meantime counts as well, so that only a process that ended by ``SIGKILL`` can be taken for one of them. Jupyter ML
    creates no groups itself: that takes rights which a user has neither in a container nor in a login session.

    Parameters
    ----------
    pid
        The process; by default this one, of whose group its children are.
    """

    def __init__(self, pid: int | str = "self") -> None:
        self._files = list(_files(pid))
        self._before = self._kills()

    def killed(self) -> bool:
        """Return whether a process was killed, in the group or on this machine."""
        return any(count > self._before.get(file, count) for file, count in self._kills().items())

    def _kills(self) -> dict[Path, int]:
        counts: dict[Path, int] = {}
        for file in self._files:
            with suppress(OSError, ValueError):
                for line in file.read_text().splitlines():
                    if line.startswith("oom_kill "):
                        counts[file] = int(line.split()[1])
        return counts


def _files(pid: int | str) -> Iterator[Path]:
    """Yield the files with the counters of a process's group and of the machine."""
    for mount, group in _groups(pid):
        yield mount / group.relative_to("/") / ("memory.oom_control" if mount.name == "memory" else "memory.events")
    yield Path("/proc/vmstat")


def _groups(pid: int | str) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield where control groups of memory are mounted, and the group of a process there."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if not controllers:  # version 2
                yield _GROUPS, PurePosixPath(group)
                yield _GROUPS / "unified", PurePosixPath(group)
            elif "memory" in controllers.split(","):
                yield _GROUPS / "memory", PurePosixPath(group)
