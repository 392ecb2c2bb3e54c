# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Let a forkserver of this machine fork a program for this process: it begins when this process knows of it.

Both have an end of a socket, the lease. By it the program ends with this process; it does not depend on its forkserver.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.calling import Call
from jupyter_ml.agent.frames import ProtocolError
from jupyter_ml.agent.processes import MARKER, start_time
from jupyter_ml.agent.reaching import private
from jupyter_ml.agent.surroundings import limits, surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["EXTRA", "IDLE_S", "PATIENCE_S", "Leased", "begin", "directory_for", "lease", "listens"]

IDLE_S = 600.0
"""After which a forkserver ends that has no programs."""
LONGEST = 60
"""Longest path of the directory for temporary files in which a socket can be."""
PATIENCE_S = 2.0
"""How long a forkserver may take to reply, e.g. while it imports a module, before the program is started instead."""
EXTRA = 3
"""The descriptor of the lease in the program: the one after the standard ones."""
START = b"s"
"""What the process that asked for a program sends when it knows of it: none runs for one that has given up."""


def _number(name: str) -> int:
    """Return the number of a signal; those of real time are named ``signal NUMBER``."""
    known = {each.name: each.value for each in signal.Signals}
    return known[name] if name in known else int(name.rpartition(" ")[2])


class Leased:
    """A program that was forked for this process.

    Attributes
    ----------
    pid
        Of its process, which leads a session.
    start_time
        Of its process.
    """

    def __init__(self, call: Call, lease: socket.socket, program: dict[str, Any]) -> None:
        self.pid, self.start_time = int(program["pid"]), str(program["start_time"])
        self._call, self._lease, self._program = call, lease, program

    def signal(self, number: int) -> None:
        """Send a signal to it, unless it has ended."""
        self._while_it_runs(lambda descriptor: signal.pidfd_send_signal(descriptor, number))

    def report(self) -> bytes:
        """Return what it has written to its lease, when it has ended or closed that."""
        written = b""
        with contextlib.suppress(OSError):
            while data := self._lease.recv(1024):
                written += data
        return written

    def end(self) -> dict[str, Any] | None:
        """Return how it has ended, when it has, as `Agent.do_wait` does; None where its forkserver ended before."""
        try:
            return self._call.request("wait", program=self._program, forever=True)
        except (OSError, ValueError):
            self._while_it_runs(lambda descriptor: select.select([descriptor], [], []))
            return None

    def wait(self) -> int | None:
        """Return its exit code when it has ended, negative for a signal; None where its forkserver ended before."""
        reply = self.end()
        if reply is None:
            return None
        return int(reply["code"]) if "code" in reply else -_number(reply["signal"])

    def _while_it_runs(self, act: Callable[[int], object]) -> None:
        """Do something with the process, by a descriptor of it; nothing when it has ended."""
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(self.pid)
            try:
                if start_time(self.pid) == self.start_time:
                    act(descriptor)
            finally:
                os.close(descriptor)

    def close(self) -> None:
        """Close the connections of a program that has ended; one that runs ends."""
        self._lease.close()
        self._call.close()


def lease(
    directory: str,
    call: str,
    arguments: list[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    streams: tuple[int, int, int],
    **given: Any,
) -> Leased | None:
    """Let the forkserver that listens in a directory fork a program; None where it has to be started.

    Parameters
    ----------
    directory
        Where it listens.
    call, arguments
        A function and its arguments; it calls `begin`.
    cwd, env
        The working directory and the whole environment.
    streams
        File descriptors of standard input, output and error.
    given
        Further arguments of `Forkserver.do_fork`.
    """
    ours, theirs = socket.socketpair()
    asking: Call | None = None
    try:
        with theirs:
            asking = Call(directory, PATIENCE_S)
            key = os.urandom(16).hex()
            given |= {"key": key, "call": call, "arguments": arguments, "cwd": cwd, "env": dict(env)}
            given |= {"limits": limits(), "around": surroundings()}
            started = asking.request("fork", **given, descriptors=(*streams, theirs.fileno()))
        if "refused" not in started:
            ours.sendall(START)
            program = {"key": key, "marker": env.get(MARKER, ""), **started}
            return Leased(asking, ours, program)
    except (OSError, ProtocolError, ValueError):
        pass  # a program whose reply has not come does not run
    if asking is not None:
        asking.close()
    ours.close()
    return None


def directory_for(name: str) -> str:
    """Return the directory of this user in which a forkserver of that name listens."""
    folder = tempfile.gettempdir()
    place = folder if len(folder) <= LONGEST else "/tmp"  # noqa: S108 -- the directory is private
    return os.path.join(place, f"jupyter-ml-{os.geteuid()}-{name}")


def listens(directory: str) -> bool:
    """Return whether a forkserver listens in a directory, which is created if there is none."""
    private(directory)
    try:
        Call(directory, PATIENCE_S).close()
    except (OSError, ProtocolError):
        return False
    return True


def begin(*, bound: bool = True) -> None:
    """Wait, in a program that was forked, until the process that asked for it knows of it.

    It ends with that process if it is `bound` to it; else it gives up its lease.
    """
    if os.read(EXTRA, 1) != START:
        os._exit(1)
    if not bound:
        os.close(EXTRA)
        return
    threading.Thread(target=_watch, name="Lease", daemon=True).start()


def _watch() -> None:
    try:
        ended = not os.read(EXTRA, 1)
    except OSError:  # the program has closed it
        return
    if ended:
        os._exit(1)
