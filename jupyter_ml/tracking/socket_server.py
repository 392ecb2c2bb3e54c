# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs that serve a socket file: how they are started, and what they do first."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SocketServer", "bound", "leave"]

START_S = 60.0


class SocketServer:
    """A program that serves a socket file, which other users cannot open, and that ends with this process.

    It gets the path of the socket as its first argument, and ends when its standard input does.

    Parameters
    ----------
    name
        What it is, for messages.
    module
        What runs it.
    """

    def __init__(self, name: str, module: str) -> None:
        self._name, self._module = name, module
        self.process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    def socket(self) -> Path | None:
        """Return its socket; None when it does not run."""
        return self._folder / "socket" if self._folder and self.process and self.process.poll() is None else None

    @property
    def input(self) -> IO[bytes]:
        """Its standard input."""
        assert self.process is not None
        assert self.process.stdin is not None
        return self.process.stdin

    def start(self, *arguments: str, environment: Mapping[str, str]) -> Path:
        """Start it, and return its socket when a client can connect; UnavailableError if that fails."""
        self.stop()
        self._folder = Path(tempfile.mkdtemp(prefix="jupyter-ml-mlflow-"))  # for this user only
        path, log = self._folder / "socket", self._folder / "log"
        command = [sys.executable, "-m", self._module, str(path), *arguments]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment
            )
        deadline = time.monotonic() + START_S
        while not path.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                last = log.read_text(errors="replace").strip().rpartition("\n")[2]
                self.stop()
                raise UnavailableError(f"{self._name} could not be started: {last or 'it does not respond'}")
            time.sleep(0.05)
        return path

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.input.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def bound(path: str) -> socket.socket:
    """Return a socket that listens at a path, for this user only; in such a program."""
    listener = socket.socket(socket.AF_UNIX)
    os.umask(0o177)
    unfinished = f"{path}.new"
    listener.bind(unfinished)
    listener.listen(128)  # requests wait until the application has started
    Path(unfinished).rename(path)  # in one step: who sees the file can connect
    return listener


def leave(path: str) -> NoReturn:
    """End such a program after its input has ended; the process that has made its directory may have been killed."""
    shutil.rmtree(Path(path).parent, ignore_errors=True)
    os._exit(0)
