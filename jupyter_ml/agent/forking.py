# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fork a program from this process, which has imported its modules, as if it had been started by itself."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import fcntl
import importlib
import os
import select
import signal
import sys
import threading
import time
import traceback
import warnings
from typing import TYPE_CHECKING, Any, NoReturn

from jupyter_ml.agent.environments import replace_environment
from jupyter_ml.agent.leases import EXTRA
from jupyter_ml.agent.surroundings import apply_limits

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["fork"]

START_S = 5.0
"""How long a fork may take until it is ready to run."""
READY = b"ready"


def fork(
    call: str, arguments: list[str], *, cwd: str, env: dict[str, str], limits: dict[str, Any], descriptors: list[int]
) -> int:
    """Fork a program in a session of its own, and return its pid when it is ready to run.

    Parameters
    ----------
    call
        ``module:function``, which is called with the `arguments`, and returns an exit code.
    arguments
        What follows the name of the program in its ``sys.argv``.
    cwd, env, limits
        Its working directory, its whole environment, and what `surroundings.limits` has returned.
    descriptors
        Its standard input, output and error, and perhaps its lease.

    Raises
    ------
    OSError
        When a fork would not behave as a program that is started.
    """
    if threading.active_count() > 1:
        raise OSError("this process has threads, which a fork does not have")
    incoming, pipe = os.pipe()
    outgoing = fcntl.fcntl(pipe, fcntl.F_DUPFD_CLOEXEC, EXTRA + 1)
    os.close(pipe)
    pid = os.fork()
    if pid == 0:
        _run_fork(call, arguments, lambda: _become(cwd, env, limits, descriptors, outgoing), outgoing)
    os.close(outgoing)
    try:
        _wait_until_ready(incoming)
    except OSError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    finally:
        os.close(incoming)
    return pid


def _wait_until_ready(incoming: int) -> None:
    said = b""
    while select.select([incoming], [], [], START_S)[0]:
        piece = os.read(incoming, 4096)
        said += piece
        if said == READY:
            return
        if not piece:
            raise OSError(f"the fork has failed: {said.decode(errors='replace') or 'it was killed'}")
    raise OSError(f"the fork was not ready within {START_S:g} s")


def _run_fork(call: str, arguments: list[str], become: Callable[[], None], outgoing: int) -> NoReturn:
    """Run the program in the new process, which does not return to what its parent does."""
    code = 1
    try:
        try:
            become()
            module, _, function = call.partition(":")
            target = getattr(importlib.import_module(module), function)
            os.write(outgoing, READY)
        except BaseException as error:  # noqa: BLE001 -- the parent reports it
            os.write(outgoing, str(error or type(error).__name__).encode(errors="replace"))
            os._exit(1)
        os.close(outgoing)
        sys.argv[1:] = arguments
        code = _exit_code(target, arguments)
    finally:
        os._exit(code)


def _exit_code(target: Callable[[list[str]], Any], arguments: list[str]) -> int:
    """Call the program, and end as Python does: with its threads, its exit handlers and its output."""
    try:
        code = _code(target(arguments))
    except SystemExit as ended:
        code = _code(ended.code)
    except BaseException:  # noqa: BLE001 -- as Python reports it
        traceback.print_exc()
        code = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 -- as multiprocessing does
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()  # noqa: SLF001
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    return code


def _code(value: object) -> int:
    if value is None or isinstance(value, int):
        return (value or 0) & 0xFF
    sys.stderr.write(f"{value}\n")
    return 1


def _become(cwd: str, env: dict[str, str], limits: dict[str, Any], descriptors: list[int], outgoing: int) -> None:
    """Give up what belongs to the parent."""
    os.setsid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop_policy(None)  # else the loop of the parent is the current one
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target, inheritable=target < EXTRA)
    _close_others(len(descriptors), outgoing)
    apply_limits(limits)
    os.chdir(cwd)
    replace_environment(env)
    time.tzset()
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed()  # that of Python does so by itself


def _close_others(start: int, kept: int) -> None:
    os.closerange(start, kept)
    os.closerange(max(start, kept + 1), os.sysconf("SC_OPEN_MAX"))
