# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A process that reads data files, which is killed when it takes too long or the caller waits no longer."""

from __future__ import annotations

import math
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.dataview.requests import Reply
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    import threading
    from typing import Self

    from jupyter_ml.dataview.requests import Request

__all__ = ["WorkerProcess"]

CANCEL_S = 0.1
"""How often to look whether the caller still waits."""
ENVIRONMENT = ("PATH", "HOME", "LANG", "TZ")
"""Variables that the process gets: none of them is a credential."""


class WorkerProcess:
    """A process that reads files, with a temporary directory that goes with it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process, self._folder, self._unread = process, folder, b""
        self.busy = True
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
        try:
            self._process.stdin.write(request.model_dump_json().encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended(request) from None

    def receive(self, request: Request, limit_s: float | None, cancelled: threading.Event | None) -> Reply:
        """Return the next reply; UnavailableError if there is none in time, or the caller does not wait any more."""
        line = self._line(request, limit_s, cancelled)
        # the first line is empty: the process has started, which does not count as reading
        return Reply.model_validate_json(line or self._line(request, limit_s, cancelled))

    def _line(self, request: Request, limit_s: float | None, cancelled: threading.Event | None) -> bytes:
        assert self._process.stdout is not None
        descriptor, url = self._process.stdout.fileno(), request.location.url
        end = time.monotonic() + (math.inf if limit_s is None else limit_s)
        while b"\n" not in self._unread:
            if cancelled is not None and cancelled.is_set():
                raise UnavailableError(f"reading {url} was canceled")
            if time.monotonic() >= end:
                raise UnavailableError(f"{url} could not be read within {limit_s:g} s")
            if not select.select([descriptor], [], [], CANCEL_S)[0]:
                continue
            data = os.read(descriptor, 1 << 20)
            if not data:
                raise self._ended(request)
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def kill(self) -> None:
        """End the process, and remove what it has written."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ended(self, request: Request) -> UnavailableError:
        code, url = self._process.wait(), request.location.url
        return UnavailableError(f"{url} could not be read: the process that read it ended with {code}")
