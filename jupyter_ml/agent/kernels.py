# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run an IPython kernel in a fork of a process that has imported IPython, with its own Python and nothing of ours."""

from __future__ import annotations

import importlib
import json
import os
import site
import sys
from typing import Any

from jupyter_ml.agent import launcher
from jupyter_ml.agent.leases import begin

__all__ = ["DEFAULTS", "IGNORED", "MODULES", "run", "run_watched"]

MODULES = (
    "ipykernel.kernelapp",
    *(
        f"{module}?"
        for module in (
            "ipykernel.ipkernel ipykernel.zmqshell ipykernel.debugger IPython.core.completerlib IPython.core.debugger "
            "IPython.core.oinspect IPython.core.logger IPython.extensions.storemagic comm faulthandler pkgutil pydoc "
            "http.server sqlite3 psutil zmq.eventloop.zmqstream tornado.platform.asyncio tornado.queues"
        ).split()
    ),
)
"""What a kernel has imported when it runs its first cell."""
DEFAULTS = {
    "JPY_PARENT_PID": "1",  # ipykernel reads it once: it looks for no parent then, since `begin` does
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as ipykernel sets it before matplotlib is imported
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger prints a warning
}
IGNORED = ("PYTHONPATH", "TERM", "DISPLAY")
"""Variables that a kernel may have with another value: the first one is given to it, the others are for terminals."""


def run(arguments: list[str]) -> None:
    """Run a kernel until it ends, or until the process ends that has asked for it; see `_run`."""
    begin()
    _run(arguments)


def run_watched(arguments: list[str]) -> None:
    """Run a kernel that is watched by a process as `launcher` starts it, with the same input; see `_run`."""
    begin(bound=False)
    with open(0, "rb", closefd=False) as stdin:
        launcher.prepare(json.load(stdin))
    _run(arguments)


def _run(arguments: list[str]) -> None:
    """Run a kernel.

    The first argument describes the virtual environment and the import path, in JSON; the others are those of
    ipykernel.
    """
    _use(**json.loads(arguments[0]))
    sys.argv = [os.path.join(os.path.dirname(_module("ipykernel").__file__), "..", "ipykernel_launcher.py")]
    sys.argv[0] = os.path.normpath(sys.argv[0])
    sys.argv[1:] = arguments[1:]
    _module("ipykernel.kernelapp").launch_new_instance()


def _module(name: str) -> Any:
    return importlib.import_module(name)


def _use(python: str, packages: str | None, path: list[str]) -> None:
    """Become a Python of another virtual environment, which is based on this one, and forget the agent."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "jupyter_ml"]:
        del sys.modules[name]
    sys.path[:] = [entry for entry in sys.path if not entry.endswith(".pyz")]
    sys.path_importer_cache.clear()
    if packages:
        first = next((at for at, entry in enumerate(sys.path) if entry.endswith("-packages")), len(sys.path))
        sys.path.insert(first, packages)
        sys.prefix = sys.exec_prefix = os.path.dirname(os.path.dirname(python))
        site.PREFIXES[:] = [sys.prefix, sys.exec_prefix]
        sys.modules.pop("sysconfig", None)  # it has kept the former prefix
    sys.path[:0] = path
    sys.executable = python
