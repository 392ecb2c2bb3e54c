# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start kernels on computes for Jupyter: the provisioner ``jupyter-ml`` of kernelspecs.

A kernelspec names it and the compute in its metadata::

    {"kernel_provisioner": {"provisioner_name": "jupyter-ml", "config": {"compute": {"name": …, "type": …}}}}
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from tornado.web import HTTPError
from traitlets import Bool, Dict, Unicode

from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import JupyterMLError
from jupyter_ml.kernels.background import in_background
from jupyter_ml.kernels.connection import Connection
from jupyter_ml.kernels.environments import send_environment
from jupyter_ml.kernels.forks import kernel_fork
from jupyter_ml.kernels.process import KernelProcess, describe
from jupyter_ml.kernels.reserving import open_compute, reserved
from jupyter_ml.kernels.specs import ENVIRONMENT_PYTHON
from jupyter_ml.kernels.tracking import KernelTracking
from jupyter_ml.schemas.environment_definition import Definition

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Exit

__all__ = ["ComputeProvisioner", "KernelFailedError"]

_T = TypeVar("_T")
START_S = 60.0
"""How long a kernel may take to start, unless KERNEL_LAUNCH_TIMEOUT is set."""
UNKNOWN_EXIT = 1
"""Exit code of a kernel whose end is unknown."""
_PASSED = ("JPY_SESSION_NAME", "LANG", "LC_ALL", "TZ")
"""Variables of this process that kernels elsewhere get, too."""


class KernelFailedError(HTTPError):
    """A kernel did not start or cannot be reached; Jupyter Server shows only the text of Tornado's errors."""

    def __init__(self, message: str) -> None:
        super().__init__(500, message)
        self._message = message

    def __str__(self) -> str:
        return self._message


def _absolute(directory: str | None) -> str:
    return str(Path(directory or "").absolute())


class ComputeProvisioner(KernelProvisionerBase):
    """Starts kernels as processes of a compute, which are reached through socket files."""

    compute: Dict[str, Any] = Dict(help="The compute: its `name`, `type` and `settings`.")
    directory = Unicode("", help="Directory of the compute for files of its own on this machine.")
    vault: Dict[str, Any] = Dict(help="The vault of the workspace: its `folder`, `files` and `settings`.")
    environment: Dict[str, Any] = Dict(
        help="An environment to be installed on the compute: its `definition`, and the `folder` and the `policy` with "
        "which it is built here."
    )
    folder = Unicode(
        "", help="Directory for files of kernels that the compute sees, too; by default one of the system's."
    )

    fork = Bool(False, help="Whether kernels are forked from a process of their machine that has imported IPython.")

    _connection: Connection | None = None
    _kernel: KernelProcess | None = None
    _tracking: KernelTracking | None = None
    _node: Compute | None = None
    """What starts the kernel: the compute, or a node of it that the kernel keeps."""
    _exit_code = 0
    _expected = True
    """Whether the end of the kernel was requested or has been logged."""
    _cwd = ""
    pid: int | None = None
    """Process ID of a kernel on this machine."""
    python: str | None = None
    """The Python of a kernel that may have been forked."""

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started whose end has not been waited for."""
        return self._kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Return the command of the kernelspec, and the environment of the kernel."""
        assert self.kernel_spec is not None
        extra = kwargs.pop("extra_arguments", [])
        prepared = await super().pre_launch(**kwargs)
        return {**prepared, "cmd": [*self.kernel_spec.argv, *extra]}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel, and return how it is reached when it listens.

        Raises
        ------
        KernelFailedError
            When it does not start, with the cause.
        """
        first = self._connection is None
        try:
            compute = open_compute(json.dumps(self.compute), self.directory, json.dumps(self.vault))
            self._connection = self._connection or Connection(self._parent_folder, self._manager.session.key)
            self._kernel = await in_background(self._start(compute, self._connection, cmd, kwargs))
        except (JupyterMLError, OSError, ValueError) as error:
            if first:
                self._manager.cleanup_connection_file()
                await self.cleanup()
            self._fail(error)
        self.pid = self._kernel.info["pid"] if compute.compute_type == "local" else None
        self._expected = False
        self.connection_info = connection_info = self._connection.info()
        return connection_info

    async def _start(
        self, compute: Compute, connection: Connection, cmd: list[str], given: dict[str, Any]
    ) -> KernelProcess:
        self._cwd = _absolute(given.get("cwd"))
        within_s = float(given["env"].get("KERNEL_LAUNCH_TIMEOUT") or START_S)
        node = self._node = await reserved(compute, within_s)
        if node is not compute and node.python:
            cmd = [node.python, *cmd[1:]]
        await node.start()
        if self.environment:
            python = await self._installed(node)
            cmd = [python if part == ENVIRONMENT_PYTHON else part for part in cmd]
        env = {**(node.variables or {}), **self._environment(given["env"], here=self._is_here(compute))}
        if tracking := KernelTracking.of(node, self.vault.get("folder", "")):
            self._tracking, env = tracking, {**await tracking.open(), **env}
        file = self._connection_file(compute, connection)
        fork = await kernel_fork(cmd, file, env=env, cwd=self._cwd) if self.fork else None
        kernel = await KernelProcess.start(
            node,
            connection,
            cmd,
            env=env,
            cwd=Path(self._cwd),
            connection_file=file,
            within_s=within_s,
            fork=fork,
        )
        if fork:
            self.python = fork.program
        return kernel

    async def _installed(self, node: Compute) -> str:
        """Return the Python of the environment on the compute, where it is installed first if it is not there."""
        folder, differences = await send_environment(
            node,
            Installations(Path(self.environment["folder"])),
            Definition.model_validate(self.environment["definition"]),
            self.environment["policy"],
            report=lambda _, step: self.log.info("%s: %s", self._title, step),
        )
        if differences:
            self.log.warning("%s: %s", self._title, differences)
        return str(folder / "bin" / "python")

    async def poll(self) -> int | None:
        """Return None while the kernel runs, else its exit code; that of a signal is negative."""
        if self._kernel is None:
            return self._exit_code
        ended = await self._run(self._ended(self._kernel))
        if ended is not None and not self._expected:
            self._expected = True
            self.log.warning("%s: %s", self._title, describe(ended, await self._run(self._kernel.last_line())))
        return None if ended is None else _exit_code(ended)

    async def wait(self) -> int | None:
        """Wait for the end of the kernel, and end what it has started."""
        if self._kernel is not None:
            await self._run(self._kernel.wait())
            self._exit_code = await self.poll() or 0
            await self._end()
        return self._exit_code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        if self._kernel is not None:
            await self._run(self._kernel.signal(signum))

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002 -- Jupyter's
        """Kill the kernel and all that it has started."""
        self._expected = True
        if self._kernel is not None:
            await self._run(self._kernel.kill())

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002
        """Ask the kernel to end."""
        self._expected = True
        await self.send_signal(signal.SIGTERM)

    async def shutdown_requested(self, restart: bool = False) -> None:  # noqa: ARG002
        """Note that the kernel is going to end."""
        self._expected = True

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the files of the kernel; its socket files keep their paths if it is restarted."""
        await self._end()
        if self._connection is not None and not restart:
            self._connection.remove()
            self._connection = None

    def resolve_path(self, path: str) -> str | None:
        """Return a path of this machine that is relative to the directory in which the kernel was started."""
        return os.path.join(self._cwd, os.path.expanduser(path)) if self.pid is not None else None  # noqa: PTH111, PTH118

    @property
    def _manager(self) -> Any:
        assert self.parent is not None
        return self.parent

    @property
    def _parent_folder(self) -> Path | None:
        return Path(self.folder) if self.folder else None

    def _connection_file(self, compute: Compute, connection: Connection) -> Path | None:
        """Write the connection file of this machine, where that is the one of the kernel, and return it.

        The packages that the kernel installs are beside it, so it is not among temporary files.
        """
        if not self._is_here(compute):
            return None
        manager = self._manager
        for number in ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"):
            setattr(manager, number, 0)
        manager.load_connection_info(connection.info())
        manager.write_connection_file()
        return Path(os.path.realpath(manager.connection_file))

    def _is_here(self, compute: Compute) -> bool:
        """Return whether a compute sees all files of this machine, and not only those of the workspace."""
        return compute.capabilities.shared_files and not self.folder

    def _environment(self, env: dict[str, str], *, here: bool) -> dict[str, str]:
        """Return the environment of the kernel: that of this process only on this machine."""
        if not here:
            own = set(self.kernel_spec.env) | set(_PASSED)
            env = {name: value for name, value in env.items() if name in own}
        return {**env, "JPY_PARENT_PID": "1"}  # the launcher's process ends it, and it prints no hint for terminals

    async def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        try:
            return await in_background(work)
        except (JupyterMLError, OSError) as error:
            self._fail(error)

    async def _end(self) -> None:
        if self._kernel is not None:
            kernel, self._kernel, self.pid = self._kernel, None, None
            await self._run(kernel.end())
        if self._tracking is not None:
            tracking, self._tracking = self._tracking, None
            await self._run(tracking.close())
        if self._node is not None:
            node, self._node = self._node, None
            await self._run(node.release())

    @staticmethod
    async def _ended(kernel: KernelProcess) -> Exit | None:
        return kernel.exit

    @property
    def _title(self) -> str:
        return f"{self.kernel_spec.display_name} on compute {self.compute.get('name', '')!r}"

    def _fail(self, error: Exception) -> NoReturn:
        raise KernelFailedError(f"{self._title}: {error or type(error).__name__}") from error


def _exit_code(ended: Exit) -> int:
    """Return what `subprocess.Popen.poll` would."""
    if ended.signal:
        number = getattr(signal, ended.signal, None)
        return -int(number) if number else UNKNOWN_EXIT
    return UNKNOWN_EXIT if ended.code is None else ended.code
