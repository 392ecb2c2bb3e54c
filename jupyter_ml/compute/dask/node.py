# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a worker of Dask does for a cluster: start the agent of its node, and connect the cluster with it.

The text of this file is executed in workers, where Jupyter ML need not be installed: it uses the standard library and
distributed, and runs with Python 3.9 or newer. A program on a node is no task of Dask: it does not end with the worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import platform
import socket
import stat
import subprocess
import sys
import tempfile
from typing import Any

OPERATION = "jupyter_ml_agent"
DIRECTORY, OWNER = "JUPYTER_ML_NODE", "JUPYTER_ML_NODE_PID"
"""Variables that `holder` sets."""
VARIABLES = ("HOME", "USER", "LOGNAME", "SHELL", "PATH", "TMPDIR", "LD_LIBRARY_PATH", "LANG")
"""What programs need of the environment of the worker."""
START_S = 20.0
PIECE_BYTES = 2**20


def prepare(archive: bytes, idle_s: float) -> dict[str, Any]:
    """Make the agent reachable through this worker, and return what the node is.

    Parameters
    ----------
    archive
        The agent's program.
    idle_s
        After so many seconds without clients and programs the agent ends.
    """
    from distributed.core import Status
    from distributed.worker import Worker

    worker = next(each for each in Worker._instances if each.status == Status.running)
    directory, owner = _node(worker)

    async def relay(comm: Any) -> Any:
        reader, writer = await _connect(directory, archive, idle_s, owner)
        tasks = [asyncio.ensure_future(_up(comm, writer)), asyncio.ensure_future(_down(reader, comm))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            writer.close()
            comm.abort()
        return Status.dont_reply

    worker.handlers[OPERATION] = relay
    return {
        "id": os.path.basename(directory),
        "directory": directory,
        "host": socket.gethostname(),
        "python": sys.executable,
        "version": platform.python_version(),
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
    }


def _node(worker: Any) -> tuple[str, int]:
    """Return the directory of the agent, and the process with which the node ends."""
    if DIRECTORY in os.environ:
        return os.environ[DIRECTORY], int(os.environ[OWNER])
    owner = os.getppid() if worker.nanny else os.getpid()
    with open(f"/proc/{owner}/stat", "rb") as file:
        started = file.read().rpartition(b")")[2].split()[19]
    name = hashlib.sha256(f"{owner} {started.decode()} {worker.name}".encode()).hexdigest()[:16]
    return f"{tempfile.gettempdir()}/jupyter-ml-{os.geteuid()}/{name}", owner


async def _connect(directory: str, archive: bytes, idle_s: float, owner: int) -> Any:
    """Connect to the agent, which is started if there is none."""
    path = f"{directory}/agent.sock"
    with contextlib.suppress(OSError):
        return await asyncio.open_unix_connection(path)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, _start, directory, archive, idle_s, owner)
    deadline = loop.time() + START_S
    while True:
        try:
            return await asyncio.open_unix_connection(path)
        except OSError:
            if loop.time() > deadline:
                raise
        await asyncio.sleep(0.01)


def _start(directory: str, archive: bytes, idle_s: float, owner: int) -> None:
    for each in (os.path.dirname(directory), directory):
        os.makedirs(each, mode=0o700, exist_ok=True)
        found = os.lstat(each)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PermissionError(f"{each} must be a directory of this user that others cannot use (mode 0700)")
    program = f"{directory}/agent.pyz"
    with open(f"{program}.new", "wb") as file:
        file.write(archive)
    os.replace(f"{program}.new", program)
    command = [sys.executable, "-I", program, "daemon", directory, str(idle_s), str(owner)]
    with open(f"{directory}/agent.log", "ab") as log:
        nothing = subprocess.DEVNULL
        subprocess.run(command, cwd="/", stdin=nothing, stdout=log, stderr=log, start_new_session=True, check=True)


async def _up(comm: Any, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while True:
            writer.write(await comm.read())
            await writer.drain()


async def _down(reader: asyncio.StreamReader, comm: Any) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(PIECE_BYTES):
            await comm.write(data)
