# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Measure the CPU and memory usage of a job's processes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.schemas.event_log import Sample, Usage

if TYPE_CHECKING:
    from jupyter_ml.executor.recorder import Recorder

__all__ = ["PeakMemory", "sample"]

SAMPLE_S = 1.0


async def sample(pid: int | None, recorder: Recorder) -> None:
    """Record the usage of a process and its descendants every second, until canceled or the process has ended.

    Nothing is recorded of a process on another machine, which has no `pid` here.
    """
    import psutil

    if pid is None:
        return
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        known = {root.pid: root}
        root.cpu_percent()
        while True:
            await asyncio.sleep(SAMPLE_S)
            # the same objects: psutil measures since the previous call
            known = {process.pid: known.get(process.pid, process) for process in [root, *root.children(recursive=True)]}
            cpu = memory = 0.0
            for process in known.values():
                with suppress(psutil.Error):
                    cpu += process.cpu_percent()
                    memory += process.memory_info().rss
            recorder.emit(Sample, usage=Usage(cpu_percent=round(cpu, 1), memory_bytes=int(memory)))


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
