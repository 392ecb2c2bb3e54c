# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Identify the process at the other end of a Unix domain socket."""

from __future__ import annotations

import os
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from jupyter_ml.broker.messages import VARIABLE

__all__ = ["Peer", "is_of", "peer_of"]

_CREDENTIALS = struct.Struct("3i")


class Peer(NamedTuple):
    """A process, and the user that it runs as."""

    pid: int
    uid: int


def peer_of(connection: socket.socket) -> Peer | None:
    """Return the process that has connected; None where the operating system does not report it."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None
    pid, uid, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return Peer(pid, uid)


def is_of(pid: int, ancestor: int, path: Path) -> bool:
    """Return whether a process was started by `ancestor`, or inherits the variable with `path` from one that was."""
    import psutil  # takes 10 ms

    with suppress(psutil.Error):  # also if one of the processes in between ends at that moment
        if ancestor in (pid, *(each.pid for each in psutil.Process(pid).parents())):
            return True
    with suppress(psutil.Error, OSError):
        wanted = f"{VARIABLE}={path}".encode(errors="surrogateescape")
        if os.path.exists("/proc/self/environ"):  # noqa: PTH110 -- several times as fast as psutil
            return wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        return psutil.Process(pid).environ().get(VARIABLE) == str(path)
    return False
