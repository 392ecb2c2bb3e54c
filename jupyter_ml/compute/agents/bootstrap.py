# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Become the relay to the agent of a machine, which is read first if it is not there, or remove the agent's directory.

The text of this file is part of a program on machines where Jupyter ML is not installed: it uses the standard library
only, and runs with Python 3.9 or newer.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import sys
import tty

NAMES = ("HOME", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL", "TMPDIR", "USER")
"""Variables of the user that jobs get."""


def serve(about: str, directory: str, name: str, size: int, command: str) -> None:
    """Print what is known of this machine, and become the relay.

    Parameters
    ----------
    about
        What is known of this Python.
    directory
        Directory for the agent, which belongs to one compute alone.
    name, size
        File of the agent in it, and how many bytes of base64 it has.
    command
        ``relay``, or ``terminal`` where standard input and output are one.
    """
    if command == "terminal":
        tty.setraw(0)
    directory = os.path.expanduser(directory)
    path = f"{directory}/{name}"
    missing = not os.path.exists(path)
    known = {key: os.environ[key] for key in NAMES if key in os.environ}
    found = {"directory": directory, "variables": known, "missing": missing}
    os.write(1, f"\0{about}\0{json.dumps(found)}\n".encode())
    content = read(size) if missing else b""  # nothing, where the client cannot use this Python
    private(directory)
    if missing:
        write(path, base64.b64decode(content))
    os.execv(sys.executable, [sys.executable, "-I", path, command, f"{directory}/agent"])


def read(size: int) -> bytes:
    """Return what comes on standard input."""
    content = b""
    while len(content) < size:
        if not (piece := os.read(0, size - len(content))):
            sys.exit("the connection has ended")
        content += piece
    return content


def private(directory: str) -> None:
    """Create a directory that others cannot change."""
    os.makedirs(directory, 0o700, exist_ok=True)
    found = os.stat(directory)
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        sys.exit(f"{directory} must be a directory of this user that others cannot change")


def write(path: str, content: bytes) -> None:
    """Write a file, all at once."""
    new = f"{path}.{os.getpid()}"
    with open(new, "wb") as file:
        file.write(content)
    os.replace(new, path)


def remove(directory: str) -> None:
    """Remove the directory, when the agent in it has ended."""
    directory = os.path.expanduser(directory)
    if os.path.isdir(f"{directory}/agent"):
        with open(f"{directory}/agent/lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            shutil.rmtree(directory)
    os.write(1, b"\0removed\n")
