# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The seam behind which every compute lies: one verb, `spawn`, and a handle on what it started."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Compute", "Process", "ProcessSpec"]

Info = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """A program to start.

    A compute that forks from a preloaded process recognizes ``python -m MODULE`` in `argv` and calls that module's
    ``main`` in the fork; for every other compute it is a command like any.

    Attributes
    ----------
    argv
        The program and its arguments.
    cwd
        Where it starts.
    log
        File that its standard output and error are appended to.
    stdin
        What it reads from its standard input; may hold secrets, so it is in no file either.
    env
        Its whole environment; may hold secrets, so it is neither logged nor stored.
    marker
        Value of the environment variable `MARKER`, which all its descendants inherit, so that none can outlive it.
    """

    argv: list[str]
    cwd: Path
    log: Path
    marker: str
    stdin: bytes = field(default=b"", repr=False)
    env: dict[str, str] = field(default_factory=dict, repr=False)


class Process(ABC):
    """A program that was started, after `subprocess.Popen`."""

    @abstractmethod
    def poll(self) -> int | None:
        """Return None while it runs, then its exit code, negative for a signal.

        Called several times a second by the supervisor: it must not block. A process that was attached and is gone
        without telling how returns `UNKNOWN_EXIT`.
        """

    @abstractmethod
    def wait(self, timeout: float) -> int | None:
        """Wait up to `timeout` seconds for its end and return what `poll` says then."""

    @abstractmethod
    def signal(self, number: int) -> None:
        """Send a signal to the program itself; nothing happens when it is gone."""

    @abstractmethod
    def kill(self) -> None:
        """End the program and every process that carries its marker, at once; return when none is left.

        Works too after the program itself has ended. Raises as `Compute.kill_marked`.
        """

    @abstractmethod
    def info(self) -> Info:
        """Return what another process needs to `Compute.attach` to it, as JSON."""


UNKNOWN_EXIT = -256
"""Exit code of an attached process that nobody could wait for."""

MARKER = "JUPYTER_ML_PROCESS"
"""Environment variable that marks a program and all that comes from it."""


class Compute(ABC):
    """A place where processes start."""

    @abstractmethod
    def spawn(self, spec: ProcessSpec) -> Process:
        """Start a program in a session of its own, so that it outlives whoever started it.

        Raises
        ------
        OSError
            When it cannot be started.
        """

    @abstractmethod
    def attach(self, info: Info) -> Process:
        """Return a handle on a program that another process has spawned; `poll` tells at once when it is gone."""

    @abstractmethod
    def kill_marked(self, marker: str) -> None:
        """End every process that carries the marker, and return when none is left.

        For programs whose handle is lost or whose own process is gone, as after a crash of whoever watched them.

        Raises
        ------
        UnavailableError
            When some of them cannot be ended.
        """
