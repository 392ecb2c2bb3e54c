# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The interface of every compute: its life cycle, the files on it, and `spawn`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, NoReturn

from jupyter_ml.compute.capabilities import Capabilities, NoSettings
from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.compute_schedules import ComputeSchedules
from jupyter_ml.schemas.compute_states import ComputeState, ComputeUsage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Sequence
    from pathlib import Path, PurePath

    from jupyter_ml.compute.exposure import Exposure
    from jupyter_ml.compute.process import Info, Process, ProcessSpec
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.distribution import NodeAddress
    from jupyter_ml.schemas.nodes import ComputeNodes
    from jupyter_ml.schemas.pythons import Interpreter

__all__ = ["Capabilities", "Compute", "ComputeState", "ComputeUsage", "NoSettings"]


def _no_secret(_: str) -> None:
    return None


class Compute(ABC):
    """Where processes start: a configured instance of a type of compute.

    Every method may be repeated, e.g. after a crash of the caller.

    Parameters
    ----------
    name
        Its name in the workspace.
    settings
        An instance of its type's `Settings`.
    """

    compute_type: ClassVar[str]
    title: ClassVar[str] = ""
    """Name of the type for people; by default that of the type."""
    capabilities: ClassVar[Capabilities]
    Settings: ClassVar[type[Schema]] = NoSettings

    directory: Path | None = None
    """Where it keeps files of its own on this machine; given to it by the workspace, and created by it."""

    read_secret: Callable[[str], str | None] = staticmethod(_no_secret)
    """Returns a secret of the vault by its name, None where there is none; given to it by the workspace."""

    def __init__(self, name: str, settings: Schema) -> None:
        self.name, self.settings = name, settings

    @classmethod  # noqa: B027 -- most need nothing
    def require(cls) -> None:
        """Raise UnavailableError if this machine lacks what every compute of the type needs, e.g. a package."""

    async def check(self) -> None:  # noqa: B027 -- most need nothing
        """Raise UnavailableError, or InvalidInputError for wrong settings, if it cannot be created on this machine."""

    @property
    def idle_shutdown_s(self) -> float | None:
        """After how long without jobs and other programs it is stopped; None for never."""
        return None

    @property
    def schedules(self) -> ComputeSchedules:
        """When it is started and stopped; most never are."""
        return ComputeSchedules()

    @abstractmethod
    async def create(self) -> None:
        """Reserve what it consists of; nothing happens where that exists."""

    @abstractmethod
    async def start(self) -> None:
        """Make it ready to start processes; nothing happens where it is."""

    @abstractmethod
    async def state(self) -> ComputeState:
        """Return whether it can start processes: Running, Stopped or Failed."""

    async def problem(self) -> str | None:
        """Return why it has failed, or has stopped by itself; None where it has not, or that is unknown."""
        return None

    def gpus(self) -> tuple[str, ...]:
        """Return the ids of its GPUs, each of which one job has for itself; this may take a moment."""
        return ()

    def memory_limit(self) -> int | None:
        """Return how many bytes its jobs may use together; None where they do not wait for memory."""
        return None

    async def programs(self) -> int:
        """Return how many programs run on it that are not executors of jobs, such as kernels; 0 where none can."""
        return 0

    @abstractmethod
    async def usage(self) -> ComputeUsage:
        """Return how busy it is."""

    async def stop(self) -> None:
        """End all of its processes and release what it uses; ConflictError where it cannot be stopped."""
        self._refuse("stopped")

    async def restart(self) -> None:
        """Stop it and start it again; ConflictError where it cannot be stopped."""
        await self.stop()
        await self.start()

    async def delete(self) -> None:
        """Remove it and all of its files; ConflictError where it cannot be deleted."""
        self._refuse("deleted")

    def logs(self) -> AsyncGenerator[str, None]:
        """Yield the lines of its own log; ConflictError where it has none."""
        self._refuse("asked for logs")

    @property
    def most_jobs(self) -> int | None:
        """How many jobs it runs at the same time when it is as large as it may be; None if that is not limited."""
        return None

    async def scale(self, slots: int) -> int:
        """Ask for so many slots for jobs, and return how many there are now; ConflictError where its size is fixed."""
        del slots
        self._refuse("resized")

    async def resized(self) -> str | None:
        """Wait until `scale` would return another number, or why nodes are missing changes; return the latter."""
        self._refuse("resized")

    async def nodes(self) -> ComputeNodes:
        """Return its nodes; ConflictError where it has none."""
        self._refuse("asked for nodes")

    node: str | None = None
    """Which node of a cluster it is; None if it is none."""

    async def reserve(self, node: str | None = None, *, kernel: bool = False) -> Compute:  # noqa: ARG002 -- for clusters
        """Return the compute that starts programs: itself, or a node that stays until it is released.

        Parameters
        ----------
        node
            The node on which the programs were started, also if it is lost.
        kernel
            Whether to wait for a node, which is asked for. A job has asked for its slot by `scale`.

        Raises
        ------
        UnavailableError
            When no node has a free slot.
        """
        return self

    most_nodes: int = 1
    """On how many nodes one job can run."""

    async def reserve_all(self, count: int, nodes: Sequence[str] = ()) -> Sequence[Compute]:
        """Reserve as many nodes for one job, or the ones on which it was started: all, or UnavailableError."""
        del count
        return [await self.reserve(*nodes)]

    async def address(self, ports: int) -> NodeAddress:
        """Return how other nodes reach a node that was reserved, with so many free ports; ConflictError for others."""
        del ports
        self._refuse("reached from other nodes")

    async def release(self) -> None:  # noqa: B027 -- only nodes are reserved
        """Let a node that was reserved be removed."""

    @property
    def python(self) -> str | None:
        """The Python that runs executors on it; None for that of the client who submits a job."""
        return None

    @property
    def variables(self) -> dict[str, str] | None:
        """Environment variables of its own, in place of those about a user's machine; None where these are the same."""
        return None

    async def clock_ahead_s(self) -> float:
        """Return by how many seconds its clock is ahead of that of this machine; 0 where both are the same."""
        return 0.0

    @abstractmethod
    def path(self, local: Path) -> PurePath:
        """Return where the copy of a file or directory of this machine is on the compute.

        Where files are shared it is the same path; then `send`, `fetch` and `remove` do nothing.
        """

    @abstractmethod
    async def send(self, local: Path) -> None:
        """Copy a file or directory to the compute, in place of what is there.

        Raises
        ------
        UnavailableError
            When the compute does not answer.
        """

    @abstractmethod
    async def fetch(self, local: Path, *, but: Collection[str] = ()) -> None:
        """Copy what is in a directory of the compute into that of this machine, whose other files stay.

        Parameters
        ----------
        local
            The directory of this machine.
        but
            Names of entries to leave out. Links that lead out of the directory are left out in any case, because
            programs on the compute are not trusted.

        Raises
        ------
        UnavailableError
            When the compute does not answer.
        """

    @abstractmethod
    async def remove(self, local: Path) -> None:
        """Remove the copy of a directory from the compute, if there is one; UnavailableError as for `fetch`."""

    async def interpreter(self) -> Interpreter:
        """Return what its Python is, for which `install` gets packages; UnavailableError as there."""
        self._refuse("asked for its Python")

    async def install(self, directory: Path, name: str, *, check: Sequence[str] = ()) -> PurePath:
        """Copy a directory that never changes to the compute, unless one with the name is there; return where it is.

        Only for computes that share no files. It comes all at once or not at all. `check` is a program that has to
        succeed in the copy, each time. UnavailableError when it fails, or the compute does not answer.
        """
        del directory, name, check
        self._refuse("given packages")

    def expose(self, key: str, target: Callable[[], Path]) -> Exposure:
        """Return a port of the compute, to be opened, that leads to a Unix socket of this machine.

        Only for computes that share no files: elsewhere programs use the socket itself.
        """
        del key, target
        self._refuse("given a port")

    @abstractmethod
    async def spawn(self, spec: ProcessSpec) -> Process:
        """Start a program in a session of its own, so that it outlives its supervisor.

        Raises
        ------
        OSError
            When it cannot be started.
        """

    @abstractmethod
    async def attach(self, info: Info) -> Process:
        """Return a handle on a program that another process has spawned, whether or not it still runs."""

    @abstractmethod
    async def kill_marked(self, marker: str) -> None:
        """Kill every process that carries the marker, and return when none is left.

        For programs whose handle is lost or that have ended themselves, as after a crash of their supervisor.

        Raises
        ------
        UnavailableError
            When some of them cannot be killed.
        """

    def _refuse(self, operation: str) -> NoReturn:
        raise ConflictError(f"compute {self.name!r} of type {self.compute_type!r} cannot be {operation}")
