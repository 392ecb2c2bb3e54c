# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a command in a fork of a process that has imported what commands need, which takes most of the time of a command.

That process, a forkserver, is started behind the first command, and ends when it was not used for a while. The fork has
the streams, the directory and the environment of this process, gets its signals, and ends with it; this process ends as
the fork does. Without a forkserver, or where a fork would differ, the command runs in this process.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.environments import spacious
from jupyter_ml.agent.installed import installed_files
from jupyter_ml.agent.leases import IDLE_S, directory_for, lease, listens
from jupyter_ml.agent.processes import MARKER
from jupyter_ml.agent.reaching import program, start_daemon
from jupyter_ml.agent.surroundings import surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.agent.leases import Leased

__all__ = ["hand_over", "start_forkserver"]

RUN = "jupyter_ml.cli.forked:run"
COMMANDS = ("run",)
"""Commands that are handed over: they read no input, and need no terminal of their own."""
PRELOADED = (
    *(f"jupyter_ml.cli.{module}" for module in "app forked watching".split()),
    *(f"jupyter_ml.services.{module}" for module in "workspace servers jobs.service".split()),
    *"cryptography.fernet rich.console rich.table rich.text rich._emoji_codes sqlalchemy.dialects.sqlite".split(),
)
"""What they import."""
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


def hand_over(arguments: list[str]) -> int | None:
    """Run a command in a fork and return its exit code; None where it has to run in this process.

    A signal that ends the fork ends this process.
    """
    if sys.platform != "linux" or not arguments or arguments[0] not in COMMANDS:
        return None
    try:
        directory, cwd = _directory(), os.getcwd()  # noqa: PTH109
    except OSError:  # the directory was removed
        return None
    leased = lease(directory, RUN, arguments, cwd=cwd, env=os.environ, streams=(0, 1, 2))
    return None if leased is None else _follow(leased)


def start_forkserver() -> None:
    """Start the forkserver in the background, unless it runs."""
    if sys.platform == "linux":
        with suppress(OSError):
            if not listens(directory := _directory()):
                env = spacious({name: value for name, value in os.environ.items() if name != MARKER})
                start_daemon(directory, [*program(), "forkserver", directory, str(IDLE_S), *PRELOADED], env)


def _directory() -> str:
    """Return where the forkserver for these files and for processes such as this one listens."""
    priority = os.getpriority(os.PRIO_PROCESS, 0)  # a fork can have a lower one only
    described = repr([sys.executable, surroundings(), priority, sorted(installed_files().items())])
    return directory_for(f"cli-{hashlib.sha256(described.encode()).hexdigest()[:16]}")


def _follow(leased: Leased) -> int:
    """Forward signals until the fork has ended, and return its exit code or end as it did."""
    for number in FORWARDED:
        _handle(number, lambda number, _: leased.signal(number))
    _handle(signal.SIGTSTP, lambda *_: _stop(leased))
    if code := leased.report():
        return code[0]
    ended = leased.wait()
    if ended is not None and ended < 0:
        with suppress(OSError):  # that of SIGKILL cannot be set
            signal.signal(-ended, signal.SIG_DFL)
        os.kill(os.getpid(), -ended)
    return 1 if ended is None else ended


def _handle(number: int, handler: Callable[[int, Any], None]) -> None:
    if signal.getsignal(number) is not signal.SIG_IGN:  # as by nohup
        signal.signal(number, handler)


def _stop(leased: Leased) -> None:
    """Stop both processes, as Ctrl+Z does, and continue with the fork when this one is continued."""
    leased.signal(signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGSTOP)
    leased.signal(signal.SIGCONT)
