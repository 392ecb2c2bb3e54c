# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connect to the agent that listens in a directory."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from jupyter_ml.agent.frames import BODY_BYTES
from jupyter_ml.agent.text import PIECE_BYTES, LineDecoder, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["peer", "private", "program", "reach", "relay", "relay_text", "running_from", "start_daemon"]

START_S = 10.0
SILENCE_S = 90.0
"""After which a terminal without input is left: a client that is there sends something more often."""


def peer(connection: socket.socket) -> int:
    """Return the user of the process at the other end of a Unix socket."""
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(user)


def private(directory: str) -> None:
    """Create a directory that only this user can use; PermissionError where it is another one's."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    found = os.lstat(directory)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{directory} must be a directory of this user that others cannot use (mode 0700)")


def reach(directory: str) -> socket.socket:
    """Connect to the agent that listens in a directory; start it if there is none."""
    private(directory)
    start_at = time.monotonic()
    deadline = start_at + START_S
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(f"{directory}/agent.sock")
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
        else:
            if peer(connection) != os.geteuid():
                connection.close()
                raise PermissionError(f"another user listens in {directory}")
            return connection
        if time.monotonic() > deadline:
            raise TimeoutError(f"no agent listens in {directory}; see agent.log there")
        if time.monotonic() >= start_at:  # again after a second: one that was ending held the lock
            start_daemon(directory, [*program(), "daemon", directory])
            start_at = time.monotonic() + 1.0
        time.sleep(0.005)


def running_from() -> str | None:
    """Return the archive from which this program runs; None where the package is installed."""
    return getattr(sys.modules[__name__].__loader__, "archive", None)


def program() -> list[str]:
    """Return the command of this agent: it runs from an archive, or is installed."""
    running = running_from()
    return [sys.executable, "-I", running] if running else [sys.executable, "-P", "-m", "jupyter_ml.agent"]


def start_daemon(directory: str, argv: list[str], env: Mapping[str, str] | None = None) -> None:
    """Run a command that starts the agent of a directory in the background; OSError when it fails."""
    with open(f"{directory}/agent.log", "ab") as log:
        os.fchmod(log.fileno(), 0o600)
        nothing = subprocess.DEVNULL
        code = subprocess.call(argv, cwd="/", env=env, stdin=nothing, stdout=log, stderr=log, start_new_session=True)
    if code:
        raise OSError(f"the agent of {directory} did not start; see agent.log there")


def relay(directory: str) -> None:
    """Connect standard input and output with the agent that listens in a directory."""
    agent = reach(directory).detach()
    threading.Thread(target=_copy, args=(_pieces(0, BODY_BYTES), agent), daemon=True).start()
    _copy(_pieces(agent, BODY_BYTES), 1)


def relay_text(directory: str) -> None:
    """Connect a terminal with the agent that listens in a directory; it outlives its client for a while only."""
    agent, decoder = reach(directory).detach(), LineDecoder()
    coming = map(decoder.decode, _pieces(0, PIECE_BYTES, SILENCE_S))
    threading.Thread(target=_copy, args=(coming, agent), daemon=True).start()
    _copy(map(encode, _pieces(agent, PIECE_BYTES)), 1)


def _pieces(source: int, size: int, silence_s: float | None = None) -> Iterator[bytes]:
    """Yield what comes, until its end or until nothing has come for a while."""
    while select.select([source], [], [], silence_s)[0] and (data := os.read(source, size)):
        yield data


def _copy(pieces: Iterator[bytes], target: int) -> None:
    """Write all pieces, and end this process at the end of either side."""
    with contextlib.suppress(OSError, ValueError):
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[os.write(target, view) :]
    os._exit(0)
