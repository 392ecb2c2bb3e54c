# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A process that reads data files, which is killed when it takes too long or the caller waits no longer."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from jupyter_ml.dataview.requests import Reply
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    import threading
    from typing import Self

    from jupyter_ml.dataview.requests import Request

__all__ = ["WorkerProcess"]

CANCEL_S = 0.1
"""How often to look whether the caller still waits, and what the process does."""
WORK_S = 20.0
"""CPU time after which a reply is not waited for any more: DuckDB can hang in a file."""
STALL_S = 30.0
"""Time after which a process that uses no CPU is not waited for any more, e.g. because a server sends nothing."""
ENVIRONMENT = ("PATH", "HOME", "LANG", "TZ")
"""Variables that the process gets: none of them is a credential."""


class WorkerProcess:
    """A process that reads files, with a temporary directory that goes with it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process, self._folder, self._unread = process, folder, b""
        self.busy = True
        self.is_pending = False
        self.last_url = ""

    @classmethod
    def start(cls, program: str) -> Self:
        """Start a process that runs a module; UnavailableError if a package is missing."""
        if missing := [name for name in ("duckdb", "zstandard") if find_spec(name) is None]:
            raise UnavailableError(
                f"{missing[0]} is not installed, which reads data files: pip install jupyter-ml[data]"
            )
        folder = Path(tempfile.mkdtemp(prefix="jupyter-ml-data-"))
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", program, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        )
        return cls(process, folder)

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def send(self, request: Request) -> None:
        """Send a request."""
        assert self._process.stdin is not None
        self.is_pending = True
        try:
            self._process.stdin.write(request.model_dump_json().encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended(request) from None

    def receive(self, request: Request, cancelled: threading.Event | None, *, bounded: bool) -> Reply:
        """Return the next reply.

        Parameters
        ----------
        request
            What was sent.
        cancelled
            Set when the caller does not wait any more.
        bounded
            Whether the process may work for a limited time only. That is its CPU time: on a busy machine a reply
            takes long, and is waited for.

        Raises
        ------
        UnavailableError
            If there is none: the process has ended, works for too long, or does nothing.
        """
        line = self._line(request, cancelled, bounded=bounded)
        # the first line is empty: the process has started, which does not count as reading
        reply = Reply.model_validate_json(line or self._line(request, cancelled, bounded=bounded))
        self.is_pending = not reply.complete
        return reply

    def _line(self, request: Request, cancelled: threading.Event | None, *, bounded: bool) -> bytes:
        assert self._process.stdout is not None
        descriptor, url = self._process.stdout.fileno(), request.location.url
        work = _Work(self._process.pid)
        while True:
            if cancelled is not None and cancelled.is_set():
                raise UnavailableError(f"reading {url} was canceled")
            if b"\n" in self._unread:  # several replies may have been read at once
                break
            if not select.select([descriptor], [], [], CANCEL_S)[0]:
                if bounded and (problem := work.problem()):
                    raise UnavailableError(f"{url} could not be read: {problem}")
                continue
            data = os.read(descriptor, 1 << 20)
            if not data:
                raise self._ended(request)
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def end(self) -> None:
        """End the process, for which another thread may be waiting: that one gets UnavailableError."""
        self._process.kill()

    def kill(self) -> None:
        """End the process, and remove what it has written; no other thread uses it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # of a request that the process did not read
                    stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ended(self, request: Request) -> UnavailableError:
        code, url = self._process.wait(), request.location.url
        return UnavailableError(f"{url} could not be read: the process that read it ended with {code}")


class _Work:
    """How long a process has worked from now on, and for how long it has not."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._start = self._last = self._cpu_s()
        self._at = time.monotonic()

    def problem(self) -> str | None:
        """Return why its reply is not worth waiting for; None if it is."""
        now, cpu = time.monotonic(), self._cpu_s()
        if cpu > self._last:
            self._last, self._at = cpu, now
        if cpu - self._start > WORK_S:
            return f"that takes more than {WORK_S:g} s of work"
        return f"nothing has happened for {STALL_S:g} s" if now - self._at > STALL_S else None

    def _cpu_s(self) -> float:
        try:
            times = psutil.Process(self._pid).cpu_times()
        except psutil.Error:  # it has ended, which its output reports
            return 0.0
        return float(times.user + times.system)
