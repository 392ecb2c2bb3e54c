# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The kernels of this server: those of installed environments are added, and running ones are looked up."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.multikernelmanager import MultiKernelManager

__all__ = ["hide_kernels", "python_of", "show_kernels"]

VARIABLE = "JUPYTER_PATH"


def show_kernels(folder: Path, manager: KernelSpecManager) -> None:
    """Add a directory with the name ``kernels`` to where this server, and what it starts, finds kernels."""
    hide_kernels(folder, manager)
    manager.kernel_dirs = [*manager.kernel_dirs, str(folder)]
    os.environ[VARIABLE] = os.pathsep.join([*_search_path(), str(folder.parent)])


def hide_kernels(folder: Path, manager: KernelSpecManager) -> None:
    """Remove a directory that `show_kernels` has added."""
    manager.kernel_dirs = [path for path in manager.kernel_dirs if path != str(folder)]
    others = [path for path in _search_path() if path != str(folder.parent)]
    if VARIABLE in os.environ:
        os.environ[VARIABLE] = os.pathsep.join(others)
    if not others:
        os.environ.pop(VARIABLE, None)


def _search_path() -> list[str]:
    return [path for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path]


def python_of(manager: MultiKernelManager, kernel: str) -> str:
    """Return the path of the Python of a running kernel.

    Raises
    ------
    NotFoundError
        If there is no such kernel.
    InvalidInputError
        If it does not run on this machine, or is not a Python.
    """
    import psutil

    if kernel not in manager:
        raise NotFoundError(f"there is no running kernel {kernel!r}")
    provisioner: Any = getattr(manager.get_kernel(kernel), "provisioner", None)
    pid = getattr(provisioner, "pid", None)
    try:  # the command of a kernel that was forked is that of its forkserver
        program = (getattr(provisioner, "python", None) or psutil.Process(pid).cmdline()[0]) if pid else ""
    except (psutil.Error, IndexError):
        program = ""
    if not os.path.isabs(program) or not os.path.basename(program).startswith("python"):  # noqa: PTH117, PTH119 -- of a command
        raise InvalidInputError(
            f"the kernel is not a Python on this machine{f' ({program})' if program else ''}: run "
            "'%ml environment capture NAME' in its notebook",
            field="kernel",
        )
    return program
