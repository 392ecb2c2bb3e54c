# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``python -m jupyter_ml.supervisor WORKSPACE``: the one supervisor of a workspace on this host."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from jupyter_ml import version
from jupyter_ml.imports import block_imports
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.escaping import LineFormatter
from jupyter_ml.services.context import WorkspaceContext
from jupyter_ml.services.layout import Layout
from jupyter_ml.services.supervisor import ELECTION_S, STOP_TIMEOUT_S, SupervisorInfo, elect
from jupyter_ml.supervisor.daemon import Daemon

LOG_BYTES = 2 * 1024**2

_log = logging.getLogger("jupyter_ml.supervisor")


def main(argv: list[str] | None = None) -> int:
    """Serve a workspace, unless another process does; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m jupyter_ml.supervisor")
    parser.add_argument("workspace", type=Path, help="its folder")
    parser.add_argument("--service", action="store_true", help="never end for lack of work")
    parser.add_argument("--wait", action="store_true", help="wait a while for the end of another one")
    arguments = parser.parse_args(argv)
    # MLflow imports these for data frames and displays that nobody asks a supervisor for: half a second
    block_imports("pandas", "numpy", "pyarrow", "IPython")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a closed terminal takes nothing with it
    _log_to(Layout(arguments.workspace).supervisor_log)
    with WorkspaceContext.open(arguments.workspace) as workspace:
        daemon = Daemon(workspace, idle_exit_s=None if arguments.service else workspace.settings.supervisor.idle_exit_s)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: daemon.stop())
        # Whoever submits between our last look and the end of the lock sees a supervisor and starts none: look again.
        patience_s = STOP_TIMEOUT_S if arguments.wait else ELECTION_S
        while (
            _serve(workspace, daemon, service=arguments.service, patience_s=patience_s)
            and not daemon.stopped
            and daemon.pending()
        ):
            pass
    return 0


def _serve(workspace: WorkspaceContext, daemon: Daemon, *, service: bool, patience_s: float) -> bool:
    info = SupervisorInfo(pid=os.getpid(), version=version.__version__, started_at=now(), service=service)
    with elect(workspace.layout.supervisor_lock, info, patience_s=patience_s) as elected:
        if elected is None:
            return False
        _log.info("supervisor %s (process %d) serves %s", info.version, info.pid, workspace.layout.folder)
        daemon.run(elected)
        _log.info("supervisor (process %d) ends", info.pid)
    return True


def _log_to(path: Path) -> None:
    path.touch(mode=0o600)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


if __name__ == "__main__":
    sys.exit(main())
