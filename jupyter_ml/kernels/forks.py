# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out how a kernel can be forked from a process of its Python that has imported IPython."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import KernelFork
from jupyter_ml.executor.notebook_kernel import prepare
from jupyter_ml.kernels.specs import NOTEBOOK_KERNEL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["kernel_fork"]

IPYKERNEL, CONNECTION_FILE = ["-m", "ipykernel_launcher"], "{connection_file}"


async def kernel_fork(
    command: Sequence[str], connection_file: Path | None, *, env: dict[str, str], cwd: str
) -> KernelFork | None:
    """Return how the kernel that a command starts can be forked; None for another one than Python's.

    The virtual environment of a kernel in an installed environment is created on this machine; elsewhere such a kernel
    is started.

    Parameters
    ----------
    command
        That of a kernelspec.
    connection_file
        Its connection file on this machine; None for a kernel on another one.
    env, cwd
        The environment and the working directory of the kernel.
    """
    python, *arguments = command
    if arguments[:2] == IPYKERNEL:
        return KernelFork(python=python, arguments=arguments[2:], cwd=cwd if connection_file else "/", env=env)
    if connection_file is None or arguments[: len(NOTEBOOK_KERNEL)] != NOTEBOOK_KERNEL:
        return None
    python = arguments[len(NOTEBOOK_KERNEL)]
    overlay, env = await asyncio.to_thread(prepare, python, connection_file, env)
    environment = (overlay.python, str(overlay.packages))
    return KernelFork(python=python, arguments=["-f", CONNECTION_FILE], cwd=cwd, env=env, environment=environment)
