# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fork IPython kernels from a process of their own Python that has imported IPython.

There is one such process, a forkserver, for each Python of a user on a machine: the agent, run by that Python, with
nothing else of Jupyter ML. Kernels of jobs and of notebooks use it. A kernel goes on when its forkserver is killed,
and ends with the process that has asked for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent import archive
from jupyter_ml.agent.calling import Call
from jupyter_ml.agent.environments import spacious
from jupyter_ml.agent.kernels import START
from jupyter_ml.agent.line import ProtocolError
from jupyter_ml.agent.preloading import READ_BY_LIBRARIES
from jupyter_ml.agent.processes import MARKER, start_time
from jupyter_ml.agent.reaching import private
from jupyter_ml.agent.surroundings import limits, surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ForkedKernel", "fork_kernel", "learn_modules", "start_forkserver"]

IDLE_S = 600.0
"""After which a forkserver ends that has no kernels."""
PATIENCE_S = 2.0
"""How long a forkserver may take to reply, e.g. while it imports a module, before the kernel is started instead."""
LONGEST = 60
"""Longest path of the directory for temporary files in which a socket can be."""
BELONGS_TO_USER = frozenset({"HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"})
"""Variables of a forkserver, besides those that libraries read; it gets none that belongs to a job."""


def _number(name: str) -> int:
    """Return the number of a signal; those of real time are named ``signal NUMBER``."""
    known = {each.name: each.value for each in signal.Signals}
    return known[name] if name in known else int(name.rpartition(" ")[2])


@dataclass
class ForkedKernel:
    """A kernel that was forked.

    Attributes
    ----------
    pid
        Of its process, which leads a session.
    """

    pid: int
    _start_time: str
    _call: Call
    _parent: socket.socket
    _program: dict[str, Any]

    def wait(self) -> int | None:
        """Return its exit code when it has ended, negative for a signal; None where its forkserver ended before."""
        try:
            reply = self._call.request("wait", program=self._program, forever=True)
        except (OSError, ValueError):
            self._wait_for_pid()
            return None
        return int(reply["code"]) if "code" in reply else -_number(reply["signal"])

    def _wait_for_pid(self) -> None:
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(self.pid)
            try:
                if start_time(self.pid) == self._start_time:
                    select.select([descriptor], [], [])
            finally:
                os.close(descriptor)

    def close(self) -> None:
        """Close the connections of a kernel that has ended; one that runs ends."""
        self._parent.close()
        self._call.close()


def fork_kernel(
    python: str,
    arguments: list[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    output: int,
    environment: tuple[str, str] | None = None,
    bare: bool = False,
) -> ForkedKernel | None:
    """Fork a kernel as ``PYTHON -m ipykernel_launcher ARGUMENTS`` starts it; None where it has to be started.

    That is so until `start_forkserver` was called for this Python and the forkserver is ready, after packages were
    installed, and for variables that are read when modules are imported.

    Parameters
    ----------
    python
        The Python that has ipykernel.
    arguments
        Of ipykernel.
    cwd, env
        Its working directory, and its whole environment.
    output
        File descriptor of its standard output and error.
    environment
        Python and packages of a virtual environment on top of that of `python`, in which it is to run.
    bare
        Whether it must not have modules that were learned, as one that installs packages itself.
    """
    if sys.platform != "linux":
        return None
    ours, theirs = socket.socketpair()
    call: Call | None = None
    try:
        with theirs, open(os.devnull, "rb") as nothing:
            call = Call(directory_of(python), PATIENCE_S)
            path = [os.path.join(cwd, entry) for entry in env.get("PYTHONPATH", "").split(os.pathsep) if entry]
            described = {"python": python, "packages": None, "path": path}
            if environment is not None:
                described["python"], described["packages"] = environment
            given: dict[str, Any] = {"key": uuid.uuid4().hex, "call": "jupyter_ml.agent.kernels:run"}
            given |= {"arguments": [json.dumps(described), *arguments], "cwd": cwd, "env": dict(env), "path": path}
            given |= {"bare": bare, "limits": limits(), "around": surroundings()}
            started = call.request("fork", **given, descriptors=(nothing.fileno(), output, theirs.fileno()))
        if "refused" not in started:
            ours.sendall(START)
            program = {"key": given["key"], "marker": env.get(MARKER, ""), **started}
            return ForkedKernel(started["pid"], started["start_time"], call, ours, program)
    except (OSError, ProtocolError, ValueError):
        pass  # a kernel whose reply has not come does not run
    if call is not None:
        call.close()
    ours.close()
    return None


def learn_modules(python: str, modules: list[str], env: Mapping[str, str]) -> None:
    """Let the forkserver of a Python import modules that a kernel with these variables has imported.

    It leaves out those that are not safe before a fork, and those that are not among the packages of this Python.
    """
    if sys.platform == "linux" and modules:
        with contextlib.suppress(OSError, ProtocolError, ValueError):
            call = Call(directory_of(python), PATIENCE_S)
            try:
                call.request("learn", modules=modules, env=dict(env))
            finally:
                call.close()


def start_forkserver(python: str, env: Mapping[str, str]) -> None:
    """Start the forkserver of a Python in the background, unless there is one.

    Parameters
    ----------
    python
        The Python that has ipykernel.
    env
        The environment of a kernel, of which it gets what libraries read when they are loaded.
    """
    if sys.platform != "linux":
        return
    directory = directory_of(python)
    private(directory)
    with contextlib.suppress(OSError, ProtocolError):
        Call(directory, PATIENCE_S).close()
        return
    archive.create(program := Path(directory, "agent.pyz"))
    kept = {name: value for name, value in env.items() if name in BELONGS_TO_USER or READ_BY_LIBRARIES.fullmatch(name)}
    kept.pop("PYTHONPATH", None)
    kept["PATH"] = os.pathsep.join([os.path.dirname(python), "/usr/local/bin", "/usr/bin", "/bin"])
    with open(f"{directory}/agent.log", "ab") as log:
        os.fchmod(log.fileno(), 0o600)
        argv = [python, str(program), "kernels", directory, str(IDLE_S)]
        subprocess.Popen(
            argv, cwd="/", env=spacious(kept), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        ).wait()


def directory_of(python: str) -> str:
    """Return the directory of the forkserver of a Python and this version of the agent."""
    digest = hashlib.sha256(os.fsencode(os.path.abspath(python)))
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    folder = tempfile.gettempdir()
    place = folder if len(folder) <= LONGEST else "/tmp"  # noqa: S108 -- the directory is private
    return os.path.join(place, f"jupyter-ml-{os.geteuid()}-kernels-{digest.hexdigest()[:16]}")
