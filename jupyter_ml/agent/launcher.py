# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Become a kernel on a compute, and end it when its client is gone: ``python -I -S -c TEXT``, with JSON as input.

The text of this file is such a program on machines where Jupyter ML is not installed. A kernel that is forked calls
`prepare`.

The process itself becomes the kernel, so that it gets the signals, and its end is that of the kernel. Before that it
forks another process, which is no child of it and watches it. That accepts connections of the client on the socket
``lease`` in the folder of the kernel. When no client has been connected for some seconds, as after a kill of Jupyter
Server, it kills the kernel with all that this has started, and removes the folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import select
import shutil
import signal
import socket
import sys
import time
from typing import Any

MARKER = "JUPYTER_ML_PROCESS"
FIRST_S = 60.0
"""How long the first connection of the client may take."""
LOOK_S, LOG_BYTES = 5.0, 10 * 1024**2
"""How often the log of the kernel is looked at, and the size beyond which its content is removed."""


def main() -> None:
    """Become the kernel."""
    given = json.load(sys.stdin)
    prepare(given)
    try:
        os.execv(given["argv"][0], given["argv"])
    except OSError as error:
        sys.exit(f"{given['argv'][0]}: {error.strerror}")


def prepare(given: dict[str, Any]) -> None:
    """Start the watching process, and change to the working directory of the kernel."""
    os.chdir(given["folder"])
    if given["connection"]:
        with open("connection.json", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(given["connection"], file)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    _start_watching(given)
    for name, value in _user(given["folder"]).items():
        os.environ.setdefault(name, value)
    for place in (*given["cwd"], os.environ["HOME"], "/"):
        with contextlib.suppress(OSError):
            os.chdir(place)
            break


def _user(folder: str) -> dict[str, str]:
    """Return what programs expect in their environment; an agent has no login session."""
    try:
        found = pwd.getpwuid(os.getuid())
    except KeyError:  # in a container
        return {"HOME": folder, "PATH": os.defpath}
    return {"HOME": found.pw_dir, "USER": found.pw_name, "LOGNAME": found.pw_name, "PATH": os.defpath}


def _start_watching(given: dict[str, Any]) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink("lease")
    pid = os.getpid()
    ended = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("lease")
        os.chmod("lease", 0o600)
        listener.listen(8)
        child = os.fork()
        if not child:
            if not os.fork():
                _watch(pid, ended, listener, given)
            os._exit(0)
        os.waitpid(child, 0)
    if ended is not None:
        os.close(ended)


def _watch(pid: int, ended: int | None, listener: socket.socket, given: dict[str, Any]) -> None:
    """Wait for the end of the kernel, or kill it when there is no client."""
    os.setsid()  # an interrupt is sent to the kernel's group
    with open(os.devnull, "r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    clients: list[socket.socket] = []
    until = time.monotonic() + FIRST_S
    while True:
        watched: list[Any] = [listener, *clients, *([] if ended is None else [ended])]
        wait_s = LOOK_S if clients else max(until - time.monotonic(), 0.0)
        ready = select.select(watched, [], [], min(wait_s, LOOK_S))[0]
        if ended in ready or not _runs(pid):
            return
        for connection in ready:
            if connection is listener:
                clients.append(listener.accept()[0])
            elif not connection.recv(1024):
                clients.remove(connection)
                until = time.monotonic() + given["grace_s"]
        if not clients and time.monotonic() >= until:
            _end(pid, given["folder"])
            return
        with contextlib.suppress(OSError):
            if os.stat("log").st_size > LOG_BYTES:
                os.truncate("log", 0)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _end(kernel: int, folder: str) -> None:
    marker = f"{MARKER}={os.environ.get(MARKER)}".encode()
    with contextlib.suppress(OSError):
        os.killpg(kernel, signal.SIGKILL)
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit() and int(name) != os.getpid():
            with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
                if marker in file.read().split(b"\0"):
                    os.kill(int(name), signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
