# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A program that an agent has started, and how it has ended."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import re
import signal
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_ml.agent.kernel_forks import fork_watched_kernel
from jupyter_ml.agent.processes import MARKER, parent, start_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.agent.leases import Leased

__all__ = ["Program", "end_of", "forked_kernel", "start"]

_T = TypeVar("_T")
LOOK_S = 0.25
"""Between two looks at a program that another agent has started."""


class Program:
    """A program that this agent has started, or another one that has ended.

    Parameters
    ----------
    pid, marker
        What identifies its processes.
    start_time
        Of its process.
    ours
        Whether it is a child of this process, and its end will be known.
    """

    def __init__(self, pid: int, start_time: str, marker: str, *, ours: bool) -> None:
        self.pid, self.start_time, self.marker = pid, start_time, marker
        self.ended: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.signals: collections.deque[str] = collections.deque(maxlen=1000)
        self._counters = list(_counters(pid)) if ours else []
        self._kills = _memory_kills(self._counters)
        self._watch = None if ours else asyncio.ensure_future(self._lost())

    def end(self, status: int) -> None:
        """Record how it ended."""
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        if number is None:
            self.ended.set_result({"code": os.WEXITSTATUS(status)})
            return
        kills = _memory_kills(self._counters) if number == signal.SIGKILL else {}
        names = {each.value: each.name for each in signal.Signals}
        self.ended.set_result(
            {
                "signal": names.get(number, f"signal {number}"),
                "out_of_memory": any(count > self._kills.get(file, count) for file, count in kills.items()),
            }
        )

    def runs(self) -> bool:
        """Return whether its pid is still its own."""
        with contextlib.suppress(OSError):
            return not self.ended.done() and parent(self.pid) is not None and start_time(self.pid) == self.start_time
        return False

    async def _lost(self) -> None:
        while self.runs():  # noqa: ASYNC110 -- only its parent is notified
            await asyncio.sleep(LOOK_S)
        self.ended.set_result({"lost": "it was started by an agent that has ended, which alone could learn how"})


class _ForkedProgram(Program):
    """A program that a forkserver of this machine has forked."""

    def __init__(self, leased: Leased, marker: str) -> None:
        super().__init__(leased.pid, leased.start_time, marker, ours=True)
        self._watch = asyncio.ensure_future(self._followed(leased))

    async def _followed(self, leased: Leased) -> None:
        lost = {"lost": "it was forked by a process that has ended, which alone could learn how"}
        self.ended.set_result(await end_of(leased) or lost)


async def end_of(leased: Leased) -> dict[str, Any] | None:
    """Return how a program that was forked has ended; see `Leased.end`."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[dict[str, Any] | None] = loop.create_future()

    def wait() -> None:
        reply = leased.end()
        leased.close()
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(_set, ended, reply)

    threading.Thread(target=wait, daemon=True).start()
    return await ended


def _set(future: asyncio.Future[_T], value: _T) -> None:
    if not future.cancelled():
        future.set_result(value)


def _counters(pid: int) -> Iterator[str]:
    """Yield the files in which Linux counts kills for memory: of a process's control group, and of the machine."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if not controllers:  # version 2
                yield from (f"{root}{group}/memory.events" for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"))
            elif "memory" in controllers.split(","):
                yield f"/sys/fs/cgroup/memory{group}/memory.oom_control"
    yield "/proc/vmstat"


def _memory_kills(files: list[str]) -> dict[str, int]:
    counts = {}
    for file in files:
        with contextlib.suppress(OSError):
            if found := re.search(r"^oom_kill (\d+)$", Path(file).read_text(), re.MULTILINE):
                counts[file] = int(found[1])
    return counts


def start(argv: list[str], cwd: str, env: dict[str, str], incoming: int, outgoing: int) -> int:
    """Start a program in a session of its own, with these standard streams, and return its pid."""
    child = subprocess.Popen(
        argv, cwd=cwd, env=env, stdin=incoming, stdout=outgoing, stderr=outgoing, start_new_session=True
    )
    child.returncode = 0  # `reap` waits for it, subprocess must not
    return child.pid


def forked_kernel(fork: dict[str, Any], incoming: int, outgoing: int, *, owner: int | None) -> Program | None:
    """Return a kernel that was forked, with these standard streams; None where it has to be started.

    This process waits for it, for some milliseconds as a rule.

    Parameters
    ----------
    fork
        What to fork: arguments of `kernel_forks.fork_kernel`.
    incoming, outgoing
        Its standard streams.
    owner
        As for that.
    """
    with contextlib.suppress(OSError):
        leased = fork_watched_kernel(**fork, stdin=incoming, output=outgoing, owner=owner)
        return None if leased is None else _ForkedProgram(leased, fork["env"].get(MARKER, ""))
    return None
