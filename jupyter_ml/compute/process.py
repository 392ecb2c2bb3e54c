# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Processes on a compute: what to start, a handle on what was started, and how it ended."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.environments import SPACE as FORKSERVER  # a variable that only forkservers have
from jupyter_ml.agent.processes import MARKER

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path, PurePath
    from typing import Self

__all__ = ["FORKSERVER", "MARKER", "Exit", "Fork", "Info", "KernelFork", "Process", "ProcessSpec"]

Info = dict[str, Any]
"""What another process needs to attach to a process, as JSON."""


@dataclass(frozen=True, kw_only=True)
class Fork:
    """How a program of this Python is forked instead of started, from a process that has imported what it needs.

    Attributes
    ----------
    preload
        ``module:function``, which that process calls once, when it starts.
    call
        ``module:function``, which the program calls with its arguments; it returns an exit code.
    arguments
        Its arguments.
    """

    preload: str
    call: str
    arguments: list[str]


@dataclass(frozen=True, kw_only=True)
class KernelFork:
    """How an IPython kernel is forked instead of started, from a process of its Python that has imported IPython.

    Attributes
    ----------
    python
        The Python.
    arguments
        Of ipykernel.
    cwd
        Its working directory.
    env
        Its whole environment; may hold secrets.
    environment
        Python and packages of a virtual environment on top of that of `python`, in which it is to run.
    """

    python: str
    arguments: list[str]
    cwd: str
    env: dict[str, str] = field(repr=False)
    environment: tuple[str, str] | None = None

    @property
    def program(self) -> str:
        """The Python that the kernel is."""
        return self.environment[0] if self.environment else self.python


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """A program to start. All paths are those of the compute.

    Attributes
    ----------
    argv
        The program and its arguments.
    cwd
        Its working directory.
    log
        File that its standard output and error are appended to.
    stdin
        Content of its standard input; may hold secrets, so it is not written to any file, and no other process can
        read it. `Compute.spawn` returns when the program has it, or has ended or closed its standard input.
    env
        Its whole environment; may hold secrets, so it is neither logged nor stored.
    marker
        Value of the environment variable `MARKER`, which all its descendants inherit, so that none can outlive it.
    fork
        How it can be forked; None where it has to be started. A compute may start it nevertheless.
    """

    argv: list[str]
    cwd: PurePath
    log: PurePath
    marker: str
    stdin: bytes = field(default=b"", repr=False)
    env: dict[str, str] = field(default_factory=dict, repr=False)
    fork: Fork | KernelFork | None = None


@dataclass(frozen=True, kw_only=True)
class Exit:
    """How a program ended; exactly one of `code`, `signal` and `lost` is set.

    Attributes
    ----------
    code
        Its exit code.
    signal
        Name of the signal that killed it, e.g. ``SIGKILL``.
    lost
        Why its end is unknown, e.g. because no process could wait for it.
    unreachable
        Whether the compute does not reply any more, or is gone.
    out_of_memory
        Whether its system has killed it for its memory; False where the compute cannot tell.
    """

    code: int | None = None
    signal: str | None = None
    lost: str | None = None
    unreachable: bool = False
    out_of_memory: bool = False

    @classmethod
    def of(cls, code: int) -> Self:
        """Return what an exit code of `subprocess.Popen` means."""
        if code >= 0:
            return cls(code=code)
        try:
            return cls(signal=signal.Signals(-code).name)
        except ValueError:  # a real-time signal
            return cls(signal=f"signal {-code}")


class Process(ABC):
    """A program that was started, after `asyncio.subprocess.Process`."""

    @property
    @abstractmethod
    def exit(self) -> Exit | None:
        """How it ended, None while it runs; never blocks."""

    @abstractmethod
    async def wait(self) -> Exit:
        """Wait for its end. Any number of callers may wait; cancelling a wait does nothing to the program."""

    @abstractmethod
    async def signal(self, number: int) -> None:
        """Send a signal to the program itself; nothing happens when it has ended."""

    @abstractmethod
    async def kill(self) -> None:
        """Kill the program and every process that carries its marker; return when none is left.

        Also works after the program itself has ended. Raises as `Compute.kill_marked`.
        """

    @abstractmethod
    def follow(self, file: PurePath, offset: int = 0) -> AsyncGenerator[bytes, None]:
        """Yield what is appended to a file of the compute from a byte offset on, in pieces of any length up to 1 MiB.

        Ends after the program has ended and everything was yielded. A file that does not exist is waited for as long
        as the program runs; one that becomes shorter yields nothing until it is longer than before.
        """

    @abstractmethod
    async def connect(self, socket: PurePath) -> Path:
        """Return the path of a Unix socket on this machine that leads to a socket of the program."""

    @abstractmethod
    def info(self) -> Info:
        """Return what another process needs to `Compute.attach` to it, as JSON."""
