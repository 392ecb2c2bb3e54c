# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel that a provisioner of Jupyter starts, where its kernelspec names one, e.g. on another machine."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.executor.kernel import Kernel, KernelStartError
from jupyter_ml.executor.kernel_command import kernel_spec
from jupyter_ml.notebooks.kernels import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_client.kernelspec import KernelSpec

    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["ProvisionedKernel", "create_kernel"]

POLL_S = 0.2
"""Between two looks whether the kernel runs: provisioners do not report its end."""
KILL_S = 10.0


def create_kernel(
    name: str, *, cwd: Path, env: Mapping[str, str], folder: AttemptFolder, python: str | None = None, **options: Any
) -> Kernel:
    """Start the kernel of a notebook, as its kernelspec states; parameters and options are those of `Kernel`."""
    if python is None and _is_provisioned(spec := kernel_spec(name)):
        return ProvisionedKernel(name, spec, cwd=cwd, env=env, folder=folder)
    return Kernel(name, cwd=cwd, env=env, folder=folder, python=python, **options)


def _is_provisioned(spec: KernelSpec) -> bool:
    return bool(spec.metadata.get("kernel_provisioner", {}).get("provisioner_name", LOCAL) != LOCAL)


class ProvisionedKernel(Kernel):
    """A kernel that is started by the provisioner in its kernelspec; it has no overlay, and may be on another machine.

    Parameters
    ----------
    name, spec
        The kernel and its kernelspec.
    cwd, env
        Its working directory and its environment, as far as they have a meaning where it runs.
    folder
        Folder of the attempt.
    """

    def __init__(
        self, name: str, spec: KernelSpec, *, cwd: Path, env: Mapping[str, str], folder: AttemptFolder
    ) -> None:
        from jupyter_client.manager import AsyncKernelManager

        self.name, self._spec, self.language = name, spec, spec.language
        self.command, self.program, self.overlay, self.pid = list(spec.argv), "", None, None
        self._printed, self._fork, self._connected, self._stopped = "", False, False, False
        self._folder, self._sockets = folder, Path(tempfile.mkdtemp(prefix="jupyter-ml-"))
        self._manager = AsyncKernelManager(kernel_name=name, connection_file=str(self._sockets / "connection.json"))
        self._manager._kernel_spec = spec  # noqa: SLF001 -- it finds only kernels of Jupyter's search path
        nothing = subprocess.DEVNULL
        self._starting = asyncio.ensure_future(
            self._manager.start_kernel(cwd=str(cwd), env=dict(env), stdout=nothing, stderr=nothing)
        )
        self.exited = asyncio.get_running_loop().create_future()
        self._watching: asyncio.Task[None] | None = None

    @property
    def _file(self) -> Path:
        return Path(self._manager.connection_file)

    async def connect(self, within: float) -> dict[str, Any]:
        """Connect and return the kernel's `kernel_info`; KernelStartError if it does not start `within` seconds."""
        try:
            async with asyncio.timeout(within):
                await asyncio.shield(self._starting)
                self.pid = getattr(self._manager.provisioner, "pid", None)
                self._watching = asyncio.ensure_future(self._watch())
                return await self._connect()
        except KernelStartError:
            raise
        except TimeoutError:
            raise KernelStartError(f"The kernel {self.name!r} did not answer within {within:g} s.") from None
        except Exception as error:
            raise KernelStartError(f"The kernel {self.name!r} did not start: {error}.") from error

    async def _watch(self) -> None:
        provisioner = self._manager.provisioner
        assert provisioner is not None
        while (code := await provisioner.poll()) is None:  # noqa: ASYNC110 -- another process ends
            await asyncio.sleep(POLL_S)
        self._ended(code)

    def _ended(self, code: int) -> None:
        if not self.exited.done():
            self.exited.set_result(code)

    def interrupt(self) -> None:
        """Interrupt the code that the kernel runs, as its kernelspec states."""
        self._interrupting = asyncio.ensure_future(self._manager.interrupt_kernel())

    async def kill(self) -> None:
        """Kill the kernel; messages that it has sent can still be received."""
        with suppress(TimeoutError):
            async with asyncio.timeout(KILL_S):
                if self._manager.provisioner is not None:
                    await self._manager.provisioner.kill()
                await asyncio.wait({self.exited})

    async def stop(self, grace: float) -> None:
        """Shut the kernel down, with `grace` seconds for its exit handlers, and remove its files."""
        if self._stopped:
            return
        self._stopped = True
        self._starting.cancel()
        await asyncio.wait({self._starting})
        self._manager.shutdown_wait_time = grace
        with suppress(Exception):  # whatever a provisioner raises, the result of the job is known
            async with asyncio.timeout(grace + KILL_S):
                await self._manager.shutdown_kernel(now=not grace)
        if self._watching:
            self._watching.cancel()
        if self._connected:
            self.client.stop_channels()
        self._remove_sockets()
