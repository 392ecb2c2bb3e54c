# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Measure the CPU and memory usage of a job's processes."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.schemas.event_log import Sample, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psutil

    from jupyter_ml.executor.recorder import Recorder

__all__ = ["PeakMemory", "sample"]

SAMPLE_S, MAX_SAMPLE_S = 1.0, 10.0
SHARE = 0.02
"""The most of a processor that measuring takes: Linux goes through all pages of a process, 3 ms for each GB."""


async def sample(pids: Iterable[int | None], recorder: Recorder) -> None:
    """Record the usage of processes and their descendants about every second, until canceled or all have ended.

    Nothing is recorded of a process on another machine, which has no id here.
    """
    import psutil

    roots = list[psutil.Process]()
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            if pid is not None:
                roots.append(psutil.Process(pid))
                roots[-1].cpu_percent()
    known = {root.pid: root for root in roots}
    interval_s, peak = SAMPLE_S, 0
    while known:
        await asyncio.sleep(interval_s)
        start = time.thread_time()
        # the same objects: psutil measures since the previous call
        known = {process.pid: known.get(process.pid, process) for root in roots for process in _tree(root)}
        cpu, memory = 0.0, 0
        for process in known.values():
            with suppress(psutil.Error):
                cpu += process.cpu_percent()
                memory += _memory(process)
        peak = max(peak, memory)
        recorder.emit(Sample, usage=Usage(cpu_percent=round(cpu, 1), memory_bytes=memory, peak_memory_bytes=peak))
        interval_s = min(max(SAMPLE_S, (time.thread_time() - start) / SHARE), MAX_SAMPLE_S)


def _tree(root: psutil.Process) -> list[psutil.Process]:
    import psutil

    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _memory(process: psutil.Process) -> int:
    """Return the memory of a process, with its part of what it shares with others where the system counts that."""
    import psutil

    return int(process.memory_full_info().pss if psutil.LINUX else process.memory_info().rss)


class PeakMemory:
    """Measure the largest resident memory of a process between `reset` and `read`, as Linux records it."""

    def __init__(self, pid: int | None) -> None:
        self._proc = Path(f"/proc/{pid}")

    def reset(self) -> None:
        """Reset the maximum to the current size."""
        with suppress(OSError):
            (self._proc / "clear_refs").write_text("5")

    def read(self) -> int | None:
        """Return bytes, or None if the system does not record it."""
        with suppress(OSError, ValueError):
            for line in (self._proc / "status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        return None
