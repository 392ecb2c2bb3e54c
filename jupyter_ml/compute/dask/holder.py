# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Keep a worker of Dask running as long as its node is in use: ``python holder.py FILE COMMAND...``.

A worker ends when its scheduler does. It is started again as long as the node has an agent, so that programs go on, and
the next scheduler at the same address finds the node. The agent ends with this process, and this one with the agent.
Both end when the file is removed, as a cluster that is stopped does: its manager may have been killed.
The text of this file is such a program on nodes, with the standard library only and Python 3.9 or newer.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any

LOOK_S, AGAIN_S, END_S = 0.2, 1.0, 10.0
QUIET = {"DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s", "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
"""Settings of a worker that runs no tasks, which else wakes up 150 times a second."""


def main(file: str, *command: str) -> int:
    """Run the command as long as there is a file, and return its exit code."""
    directory = f"{tempfile.gettempdir()}/jupyter-ml-{os.geteuid()}/{secrets.token_hex(8)}"
    environment = {**QUIET, **os.environ, "JUPYTER_ML_NODE": directory, "JUPYTER_ML_NODE_PID": str(os.getpid())}
    ending: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: ending.append(number))
    had_agent, had_file = False, not _removed(file)  # a file server may show a new file late
    while True:
        worker = subprocess.Popen(command, env=environment)
        while worker.poll() is None and not ending:
            time.sleep(LOOK_S)
            has_agent, has_file = os.path.exists(directory), not _removed(file)
            if (had_agent and not has_agent) or (had_file and not has_file):
                ending.append(0)
            had_agent, had_file = has_agent, has_file
        if ending or not os.path.exists(directory):
            return _end(worker)
        time.sleep(AGAIN_S)


def _removed(file: str) -> bool:
    try:
        os.stat(file)
    except FileNotFoundError:
        return True
    except OSError:  # a file server may not reply
        return False
    return False


def _end(worker: subprocess.Popen[Any]) -> int:
    worker.terminate()
    try:
        return worker.wait(END_S)
    except subprocess.TimeoutExpired:
        worker.kill()
        return worker.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
