# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fork IPython kernels from a process of their own Python that has imported IPython.

There is one such process, a forkserver, for each Python of a user on a machine: the agent, run by that Python, with
nothing else of Jupyter ML. Kernels of jobs and of notebooks use it. A kernel goes on when its forkserver is killed,
and ends with the process that has asked for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent import archive
from jupyter_ml.agent.calling import Call
from jupyter_ml.agent.environments import spacious
from jupyter_ml.agent.frames import ProtocolError
from jupyter_ml.agent.leases import IDLE_S, PATIENCE_S, directory_for, lease, listens
from jupyter_ml.agent.preloading import READ_BY_LIBRARIES
from jupyter_ml.agent.reaching import start_daemon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.agent.leases import Leased

__all__ = ["fork_kernel", "fork_watched_kernel", "learn_modules", "start_forkserver"]

DELAY_S = 2.0
"""How long a kernel that was started has the processors for itself, before a forkserver is started behind it."""
RUN, RUN_WATCHED = "jupyter_ml.agent.kernels:run", "jupyter_ml.agent.kernels:run_watched"
BELONGS_TO_USER = frozenset({"HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"})
"""Variables of a forkserver, besides those that libraries read; it gets none that belongs to a job."""


def fork_kernel(
    python: str,
    arguments: list[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    output: int,
    stdin: int | None = None,
    environment: tuple[str, str] | None = None,
    bare: bool = False,
    owner: int | None = None,
) -> Leased | None:
    """Fork a kernel as ``PYTHON -m ipykernel_launcher ARGUMENTS`` starts it; None where it has to be started.

    That is so until `start_forkserver` was called for this Python and the forkserver is ready, after packages were
    installed, and for variables that are read when modules are imported.

    Parameters
    ----------
    python
        The Python that has ipykernel.
    arguments
        Of ipykernel.
    cwd, env
        Its working directory, and its whole environment.
    output
        File descriptor of its standard output and error.
    stdin
        File descriptor of what `launcher.main` reads; None for a kernel that ends with this process.
    environment
        Python and packages of a virtual environment on top of that of `python`, in which it is to run.
    bare
        Whether it must not have modules that were learned, as one that installs packages itself.
    owner
        The process with which the forkserver ends, and all that it has forked; None for one of the user.
    """
    if sys.platform != "linux":
        return None
    path = [os.path.join(cwd, entry) for entry in env.get("PYTHONPATH", "").split(os.pathsep) if entry]
    described = {"python": python, "packages": None, "path": path}
    if environment is not None:
        described["python"], described["packages"] = environment
    directory, arguments = directory_of(python, bare=bare, owner=owner), [json.dumps(described), *arguments]
    with open(os.devnull, "rb") as nothing:
        call, stdin = (RUN, nothing.fileno()) if stdin is None else (RUN_WATCHED, stdin)
        return lease(directory, call, arguments, cwd=cwd, env=env, streams=(stdin, output, output), path=path)


def fork_watched_kernel(
    python: str, arguments: list[str], *, env: Mapping[str, str], owner: int | None = None, **given: Any
) -> Leased | None:
    """Fork a kernel of a notebook, whose user may install packages; None where it has to be started.

    Then the forkserver is started behind it, for the next one. For the other arguments, see `fork_kernel`.
    """
    leased = fork_kernel(python, arguments, env=env, bare=True, owner=owner, **given)
    if leased is None:
        timer = Timer(DELAY_S, start_forkserver, [python, env], {"bare": True, "owner": owner})
        timer.daemon = True
        timer.start()
    return leased


def learn_modules(python: str, modules: list[str], env: Mapping[str, str]) -> None:
    """Let the forkserver of a Python import modules that a kernel with these variables has imported.

    It leaves out those that are not safe before a fork, and those that are not among the packages of this Python.
    """
    if sys.platform == "linux" and modules:
        with contextlib.suppress(OSError, ProtocolError, ValueError):
            call = Call(directory_of(python), PATIENCE_S)
            try:
                call.request("learn", modules=modules, env=dict(env))
            finally:
                call.close()


def start_forkserver(python: str, env: Mapping[str, str], *, bare: bool = False, owner: int | None = None) -> None:
    """Start the forkserver of a Python in the background, unless there is one or it cannot be started.

    Parameters
    ----------
    python
        The Python that has ipykernel.
    env
        The environment of a kernel, of which it gets what libraries read when they are loaded.
    bare
        Whether it is the one that learns no modules.
    owner
        The process with which it ends.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            _start(python, env, directory_of(python, bare=bare, owner=owner), owner)


def _start(python: str, env: Mapping[str, str], directory: str, owner: int | None) -> None:
    if listens(directory):
        return
    archive.create(program := Path(directory, "agent.pyz"))
    kept = {name: value for name, value in env.items() if name in BELONGS_TO_USER or READ_BY_LIBRARIES.fullmatch(name)}
    kept.pop("PYTHONPATH", None)
    kept["PATH"] = os.pathsep.join([os.path.dirname(python), "/usr/local/bin", "/usr/bin", "/bin"])
    command = [python, str(program), "kernels", directory, str(IDLE_S), *([] if owner is None else [str(owner)])]
    start_daemon(directory, command, spacious(kept))


def directory_of(python: str, *, bare: bool = False, owner: int | None = None) -> str:
    """Return the directory of a forkserver of a Python, this version of the agent and an owner."""
    digest = hashlib.sha256(os.fsencode(f"{os.path.abspath(python)} {owner} ") + archive.digest())
    return directory_for(f"{'bare-' if bare else ''}kernels-{digest.hexdigest()[:16]}")
