# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out in a fork whether a module can be imported before programs are forked that need it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import importlib
import importlib.util
import json
import os
import re
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.preloading import recording

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["probe"]

IMPORT_S = 30.0
"""After which an import is given up."""
PACKAGE = __name__.partition(".")[0]
NOT_INITIALIZED = 3
"""What CUDA returns before it is used; after that, no fork can use it."""


async def probe(module: str, different: Collection[str]) -> str | None:
    """Import a module in a fork; return why it cannot be imported here, None where it can.

    Parameters
    ----------
    module
        Its name.
    different
        Variables that programs have with another value than this process.
    """
    incoming, outgoing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _answer(outgoing, module, different)
    os.close(outgoing)
    os.set_blocking(incoming, False)
    try:
        return json.loads(await asyncio.wait_for(_read(incoming), IMPORT_S))  # type: ignore[no-any-return]
    except ValueError:
        return "the import ends the process"
    except asyncio.TimeoutError:
        return f"the import takes longer than {IMPORT_S:g} s"
    finally:
        os.close(incoming)
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


async def _read(incoming: int) -> bytes:
    loop, received, ended = asyncio.get_running_loop(), bytearray(), asyncio.Event()

    def read() -> None:
        piece = os.read(incoming, 65_536)
        received.extend(piece)
        if not piece:
            ended.set()

    loop.add_reader(incoming, read)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(incoming)
    return bytes(received)


def _answer(outgoing: int, module: str, different: Collection[str]) -> None:
    """Import the module and write what is wrong with it, or null."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            problem = _problem(module, different)
        except BaseException as error:  # noqa: BLE001 -- whatever it is
            problem = f"{type(error).__name__}: {error}"
        os.write(outgoing, json.dumps(problem).encode())
    finally:
        os._exit(0)


def _problem(module: str, different: Collection[str]) -> str | None:
    if not _installed(module):
        return "it is not among the packages of the environment"
    hide_agent()
    before, read, asked = _state(), set[str](), _ask_for_ipython()
    with recording(read):
        importlib.import_module(module)
    for name, was in before.items():
        if _state()[name] != was:
            return f"the import changes {name}"
    if PACKAGE in sys.modules:
        return "the import imports Jupyter ML"
    if asked:
        return "the import depends on whether it is in a notebook"
    for name in sorted(read.intersection(different)):
        return f"the import reads the variable {name}, which programs have with another value"
    return _native_problem()


def _native_problem() -> str | None:
    libraries = _libraries()
    if _threads() - 1 > sum("openblas" in library for library in libraries) * ((os.cpu_count() or 1) - 1):
        return "the import starts threads"
    return "the import initializes CUDA" if _uses_cuda(libraries) else None


def hide_agent() -> None:
    """Remove what runs this process from the modules that others can import."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.path[:] = [entry for entry in sys.path if not entry.endswith(".pyz")]
    sys.path_importer_cache.clear()


def _installed(module: str) -> bool:
    found = importlib.util.find_spec(module.partition(".")[0])
    places = [entry for entry in sys.path if entry.endswith("-packages")]
    return bool(found and found.origin and any(found.origin.startswith(f"{place}/") for place in places))


def _state() -> dict[str, Any]:
    """Return what a fork does not have or does not keep."""
    children = True
    with contextlib.suppress(ChildProcessError):
        children = os.waitpid(-1, os.WNOHANG) is None
    return {
        "threads": [thread.name for thread in threading.enumerate()],
        "open files": sorted(name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")),
        "signal handlers": [signal.getsignal(number) for number in sorted(signal.valid_signals())],
        "child processes": children,
        "the working directory": os.getcwd(),
        "the event loop policy": type(asyncio.get_event_loop_policy()),
        "variables": {name: value for name, value in os.environ.items() if name in GIVEN},
    }


GIVEN = frozenset(os.environ)
"""Variables that this process had; others that a module adds are added to forks."""


def _ask_for_ipython() -> list[str]:
    """Return a list that is filled when a module asks for the IPython session, of which there is none yet."""
    asked: list[str] = []
    for name in ("IPython", "IPython.core.getipython"):
        holder: Any = sys.modules.get(name)
        if holder is not None and hasattr(holder, "get_ipython"):
            holder.get_ipython = lambda: asked.append("")
    return asked


def _libraries() -> set[str]:
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        return set(re.findall(r"\S+\.so\S*", file.read()))


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))


def _uses_cuda(libraries: set[str]) -> bool:
    if not any("libcuda.so" in library for library in libraries):
        return False
    count = ctypes.c_int()
    return bool(ctypes.CDLL("libcuda.so.1").cuDeviceGetCount(ctypes.byref(count)) != NOT_INITIALIZED)
