# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start programs on this machine for a client that may be on another one.

This package uses the standard library only, because it is copied to machines and containers where nothing else of
Jupyter ML is installed, as one file (`jupyter_ml.agent.archive`). It runs on Linux with Python 3.9 or newer::

    agent.pyz                    serve the client on standard input and output, and end all programs with it
    agent.pyz relay DIRECTORY    connect standard input and output to the agent that listens in DIRECTORY, which is
                                 started if there is none; it and its programs outlive the connection
    agent.pyz terminal DIRECTORY do the same in a terminal, which passes text only
    agent.pyz fork SECONDS MODULE...
                                 import modules, and fork programs from them for the client on standard input, a
                                 Unix socket, until it leaves or needs none for some seconds
    agent.pyz listen DIRECTORY   be that agent, or start it in the background with ``daemon``, or with ``kernels`` one
                                 that has imported IPython and forks kernels; with SECONDS to be idle, and perhaps
                                 the process with which it ends
    agent.pyz forkserver DIRECTORY SECONDS MODULE...
                                 the same with modules that it imports
"""

from __future__ import annotations

import asyncio
import os
import sys

from jupyter_ml.agent.kernels import DEFAULTS, IGNORED, MODULES
from jupyter_ml.agent.preloading import Preloaded
from jupyter_ml.agent.reaching import relay, relay_text
from jupyter_ml.agent.serving import IDLE_S, Owner, listen, reserve, serve_forks, stdio

__all__ = ["main", "run"]


def main(command: str = "stdio", path: str = "", *rest: str) -> None:
    """Run a command of this program."""
    if not os.path.exists("/proc/self/environ"):
        sys.exit("the agent of Jupyter ML needs Linux, with /proc")
    if command == "stdio":
        asyncio.run(stdio())
    elif command == "relay":
        relay(path)
    elif command == "terminal":
        relay_text(path)
    elif command == "fork":
        asyncio.run(serve_forks(Preloaded(rest), float(path)))
    elif command in ("listen", "daemon", "kernels", "forkserver"):
        if command != "listen" and os.fork():
            os._exit(0)
        if (lock := reserve(path)) is not None:  # else another agent listens there
            idle_s, *given = rest or (IDLE_S,)
            owner = Owner(int(given[0])) if given and command != "forkserver" else None
            asyncio.run(listen(path, lock, float(idle_s), _preloaded(command, given), owner))
    else:
        sys.exit(f"{command}: there is no such command")


def _preloaded(command: str, modules: list[str]) -> Preloaded | None:
    if command == "kernels":
        return Preloaded(MODULES, DEFAULTS, IGNORED)
    return Preloaded(modules) if command == "forkserver" else None


def run() -> None:
    """Run the command in the arguments of this process."""
    try:
        main(*sys.argv[1:])
    except OSError as problem:
        sys.exit(f"agent: {problem}")


if __name__ == "__main__":
    run()
