# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Format the command and the environment of a kernelspec."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from jupyter_ml.notebooks.kernels import find_kernel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_client.kernelspec import KernelSpec

__all__ = ["UNLIMITED_BROADCASTS", "is_ipykernel", "kernel_command", "kernel_environment", "kernel_spec"]

UNLIMITED_BROADCASTS = (
    "get_ipython().kernel.iopub_thread.schedule("
    "lambda: get_ipython().kernel.iopub_thread.socket.setsockopt(__import__('zmq').SNDHWM, 0))"
)
"""Removes the limit of a thousand queued broadcasts, beyond which an IPython kernel drops messages."""


def kernel_spec(name: str, python: str | None = None) -> KernelSpec:
    """Return the kernelspec of an installed kernel, or of the IPython kernel of a Python."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    if python is None:
        folder = find_kernel(name)
        if folder and (folder / "kernel.json").is_file():
            return KernelSpec.from_resource_dir(str(folder))
        return KernelSpecManager().get_kernel_spec(name)  # that of this Python needs no kernelspec
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    return KernelSpec(argv=command, display_name="Python", language="python")


def kernel_command(spec: KernelSpec, connection_file: str) -> list[str]:
    """Return the command of a kernelspec, formatted as by jupyter_client's manager."""
    known = {"connection_file": connection_file, "resource_dir": spec.resource_dir, "prefix": sys.prefix}
    command = [re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], match[0]), part) for part in spec.argv]
    if re.fullmatch(rf"python(3(\.{sys.version_info.minor})?)?", command[0]):
        command[0] = sys.executable
    if is_ipykernel(command):  # parallel kernels would block each other's history file
        command.append("--HistoryManager.hist_file=:memory:")
    return command


def is_ipykernel(command: list[str]) -> bool:
    """Return whether a command starts an IPython kernel."""
    return "ipykernel_launcher" in command or "ipykernel" in command


def kernel_environment(spec: KernelSpec, env: Mapping[str, str]) -> dict[str, str]:
    """Return `env` with the variables of a kernelspec."""
    extra = {
        name: re.sub(r"\$\{(\w+)\}", lambda match: env.get(match[1], match[0]), value)
        for name, value in spec.env.items()
    }
    # ipykernel exits when this process ends
    return {**env, **extra, "JPY_PARENT_PID": str(os.getpid())}
