# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fork the kernels of this machine from processes of their Python that have imported IPython."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jupyter_ml.agent.kernel_forks import start_forkserver
from jupyter_ml.compute.process import KernelFork
from jupyter_ml.executor.notebook_kernel import prepare
from jupyter_ml.kernels.specs import NOTEBOOK_KERNEL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["kernel_fork", "prepare_forks"]

DELAY_S = 2.0
"""How long the first kernel has the processors for itself, before a forkserver is started behind it."""
IPYKERNEL = ["-m", "ipykernel_launcher"]


async def kernel_fork(
    command: Sequence[str], connection_file: Path, *, env: dict[str, str], cwd: str
) -> KernelFork | None:
    """Return how the kernel that a command starts can be forked; None for another one than Python's.

    The virtual environment of a kernel in an installed environment is created.

    Parameters
    ----------
    command
        That of a kernelspec.
    connection_file
        The file that replaces ``{connection_file}``.
    env, cwd
        The environment and the working directory of the kernel.
    """
    python, *arguments = [part.replace("{connection_file}", str(connection_file)) for part in command]
    if arguments[:2] == IPYKERNEL:
        return KernelFork(python=python, arguments=arguments[2:], cwd=cwd, env=env)
    if arguments[: len(NOTEBOOK_KERNEL)] != NOTEBOOK_KERNEL:
        return None
    python = arguments[len(NOTEBOOK_KERNEL)]
    overlay, env = await asyncio.to_thread(prepare, python, connection_file, env)
    environment = (overlay.python, str(overlay.packages))
    return KernelFork(python=python, arguments=["-f", str(connection_file)], cwd=cwd, env=env, environment=environment)


async def prepare_forks(fork: KernelFork) -> None:
    """Start the forkserver of a Python for the next kernel, unless there is one."""
    await asyncio.sleep(DELAY_S)
    await asyncio.to_thread(start_forkserver, fork.python, fork.env, bare=True)
