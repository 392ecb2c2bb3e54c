# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run the supervisor of a workspace on this host: ``python -m jupyter_ml.supervisor WORKSPACE``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
from logging.handlers import RotatingFileHandler
from pathlib import Path

from jupyter_ml import version
from jupyter_ml.imports import block_imports
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.escaping import LineFormatter
from jupyter_ml.services.context import WorkspaceContext
from jupyter_ml.services.layout import Layout
from jupyter_ml.services.supervisor import ELECTION_S, STOP_TIMEOUT_S, SupervisorInfo, elect, ended
from jupyter_ml.supervisor.daemon import Daemon

LOG_BYTES = 2 * 1024**2

_log = logging.getLogger("jupyter_ml.supervisor")


def main(argv: list[str] | None = None) -> int:
    """Serve a workspace, unless another process does; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m jupyter_ml.supervisor")
    parser.add_argument("workspace", type=Path, help="its directory")
    parser.add_argument("--service", action="store_true", help="do not exit when idle")
    parser.add_argument("--wait", action="store_true", help="wait a while for another supervisor to end")
    arguments = parser.parse_args(argv)
    # MLflow imports these for data frames and displays, which a supervisor does not need: half a second
    block_imports("pandas", "numpy", "pyarrow", "IPython")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it outlives the terminal that it was started from
    _log_to(Layout(arguments.workspace).supervisor_log)
    with WorkspaceContext.open(arguments.workspace) as workspace:
        idle_exit_s = None if arguments.service else workspace.settings.supervisor.idle_exit_s
        daemon = Daemon(workspace, idle_exit_s=idle_exit_s)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: daemon.stop())
        asyncio.run(_serve(workspace, daemon, service=arguments.service, wait=arguments.wait))
        daemon.close()
    return 0


async def _serve(workspace: WorkspaceContext, daemon: Daemon, *, service: bool, wait: bool) -> None:
    """Serve until there is nothing to do.

    A client that submits between the last look and the release of the lock sees a supervisor and starts none: look
    again.
    """
    timeout_s = STOP_TIMEOUT_S if wait else ELECTION_S
    info = SupervisorInfo(
        pid=os.getpid(),
        version=version.__version__,
        started_at=now(),
        service=service,
        database_revision=workspace.store.revision,
    )
    while True:
        with elect(workspace.layout.supervisor_lock, info, patience_s=timeout_s) as elected:
            if elected is None:
                return
            _log.info("supervisor %s (process %d) serves %s", info.version, info.pid, workspace.layout.folder)
            await daemon.run(elected)
            _log.info(ended(info.pid))
        if daemon.stopped or not daemon.pending():
            return


def _log_to(path: Path) -> None:
    path.touch(mode=0o600)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # a call to a remote store that hangs in a thread does not delay the end
