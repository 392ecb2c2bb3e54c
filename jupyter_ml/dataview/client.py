# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read data files in worker processes, which are killed when they take too long or the caller waits no longer."""

from __future__ import annotations

import math
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml import errors
from jupyter_ml.dataview.requests import Reply, Request
from jupyter_ml.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from jupyter_ml.schemas.data_view import DataProfile, DataRows

__all__ = ["DataReader"]

ROWS_S = 10.0
"""Longest time for a page of rows."""
CANCEL_S = 0.1
"""How often to look whether the caller still waits."""
IDLE = 1
"""Number of workers that wait for the next request."""


class DataReader:
    """Reads data files; several threads may use one at the same time.

    Raises
    ------
    UnavailableError
        From its methods, if the packages are not installed, or reading takes too long or too much memory.
    NotFoundError, InvalidInputError
        From its methods, if there is no such file, or it cannot be read as a table.
    """

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()

    def rows(self, path: Path, offset: int, limit: int) -> DataRows:
        """Return a page of rows."""
        for reply in self._replies(Request(path=path, page=(offset, limit)), ROWS_S):
            assert reply.rows is not None
            return reply.rows
        raise AssertionError

    def profiles(
        self, path: Path, cancelled: threading.Event | None = None, *, exact: bool = True
    ) -> Iterator[DataProfile]:
        """Yield profiles of a file, each more exact than the one before; only the first unless it is to be `exact`.

        Closing the iterator ends the work, as does `cancelled`, with UnavailableError.
        """
        for reply in self._replies(Request(path=path, exact=exact), None, cancelled):
            assert reply.profile is not None
            yield reply.profile

    def close(self) -> None:
        """End the workers that wait."""
        with self._lock:
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.kill()

    def _replies(
        self, request: Request, limit_s: float | None, cancelled: threading.Event | None = None
    ) -> Iterator[Reply]:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is not None and not worker.alive:
            worker.kill()  # its folder
            worker = None
        worker = worker or _Worker.start()
        complete = False
        try:
            worker.send(request)
            while not complete:
                reply = worker.receive(request, limit_s, cancelled)
                complete = reply.complete
                if reply.failure is not None:
                    raise getattr(errors, reply.failure.type, InvalidInputError)(reply.failure.message)
                yield reply
        finally:
            with self._lock:
                keep = complete and len(self._idle) < IDLE
                if keep:
                    self._idle.append(worker)
            if not keep:
                worker.kill()


class _Worker:
    """A process that reads files, with a temporary directory that goes with it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process, self._folder, self._unread = process, folder, b""

    @classmethod
    def start(cls) -> Self:
        if missing := [name for name in ("duckdb", "zstandard") if find_spec(name) is None]:
            raise UnavailableError(
                f"{missing[0]} is not installed, which reads data files: pip install jupyter-ml[data]"
            )
        folder = Path(tempfile.mkdtemp(prefix="jupyter-ml-data-"))
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "jupyter_ml.dataview.worker", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=environment,
        )
        return cls(process, folder)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, request: Request) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(request.model_dump_json().encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended(request) from None

    def receive(self, request: Request, limit_s: float | None, cancelled: threading.Event | None) -> Reply:
        """Return the next reply."""
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        end = time.monotonic() + (math.inf if limit_s is None else limit_s)
        while b"\n" not in self._unread:
            if cancelled is not None and cancelled.is_set():
                raise UnavailableError(f"reading {request.path} was canceled")
            if time.monotonic() >= end:
                raise UnavailableError(f"{request.path} could not be read within {limit_s:g} s")
            if not select.select([descriptor], [], [], CANCEL_S)[0]:
                continue
            data = os.read(descriptor, 1 << 20)
            if not data:
                raise self._ended(request)
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return Reply.model_validate_json(line)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ended(self, request: Request) -> UnavailableError:
        code = self._process.wait()
        return UnavailableError(f"{request.path} could not be read: the process that read it ended with {code}")
