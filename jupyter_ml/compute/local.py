# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The machine that Jupyter ML runs on, as a compute."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import psutil

from jupyter_ml.compute.base import MARKER, UNKNOWN_EXIT, Compute, Process
from jupyter_ml.compute.marked import kill_marked

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Info, ProcessSpec

__all__ = ["LocalCompute"]


def _birth(pid: int) -> str:
    """Return what tells a process from a later one with the same number; psutil.NoSuchProcess when there is none."""
    if sys.platform != "linux":
        return str(psutil.Process(pid).create_time())
    # psutil adds the time of the boot, which changes whenever the clock is set
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        raise psutil.NoSuchProcess(pid) from None
    return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{fields[19].decode()}"


class _LocalProcess(Process):
    """A program on this machine; a child of ours, or one that another process has spawned."""

    def __init__(self, *, pid: int, birth: str, marker: str, child: subprocess.Popen[bytes] | None = None) -> None:
        self._pid, self._birth, self._marker, self._child = pid, birth, marker, child

    def poll(self) -> int | None:
        if self._child:
            return self._child.poll()
        with suppress(psutil.NoSuchProcess):
            if _birth(self._pid) == self._birth and psutil.Process(self._pid).status() != psutil.STATUS_ZOMBIE:
                return None
        return UNKNOWN_EXIT

    def wait(self, timeout: float) -> int | None:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.01))
        return code

    def signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def kill(self) -> None:
        # by its number too, since a program may overwrite its environment
        kill_marked(self._marker, root=self._pid if self.poll() is None else None)
        self.poll()

    def info(self) -> Info:
        return {"pid": self._pid, "birth": self._birth, "marker": self._marker}


def _unnamed() -> IO[bytes]:
    """Return a file that no folder has, in memory where the system can: a pipe's reader may come after our end."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("input"), "w+b")
    return tempfile.TemporaryFile()


class LocalCompute(Compute):
    """Starts programs as processes of this machine."""

    def spawn(self, spec: ProcessSpec) -> Process:
        """Start a program; see `Compute.spawn`."""
        with (
            os.fdopen(os.open(spec.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log,
            _unnamed() as stdin,
        ):
            stdin.write(spec.stdin)
            stdin.seek(0)
            child = subprocess.Popen(
                spec.argv,
                cwd=spec.cwd,
                env={**spec.env, MARKER: spec.marker},
                stdin=stdin,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return _LocalProcess(pid=child.pid, birth=_birth(child.pid), marker=spec.marker, child=child)

    def attach(self, info: Info) -> Process:
        """Find a program again; see `Compute.attach`."""
        return _LocalProcess(**info)

    def current(self, marker: str) -> Process:
        """Return a handle on this very process, for another one to `attach` to; it does not carry the marker."""
        return _LocalProcess(pid=os.getpid(), birth=_birth(os.getpid()), marker=marker)

    def kill_marked(self, marker: str) -> None:
        """End what carries the marker; see `Compute.kill_marked`."""
        kill_marked(marker)
