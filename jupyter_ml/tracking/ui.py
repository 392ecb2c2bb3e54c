# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""MLflow's own UI: a process that is started on demand, on a socket file that other users cannot open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from jupyter_ml.errors import UnavailableError
from jupyter_ml.tracking.uris import artifact_root

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TrackingUI"]

APP = "mlflow.server.fastapi_app:app"
START_S = 60.0
FOREIGN = ("JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN")
"""Prefixes of variables with tokens of Jupyter and JupyterHub, which MLflow does not need."""


class TrackingUI:
    """The server of MLflow's UI for one store, which ends with this process.

    Parameters
    ----------
    uri, artifacts
        Database and artifact location, as `jupyter_ml.tracking.client.Tracking` takes them.
    app
        The ASGI application.
    """

    def __init__(self, uri: str, artifacts: str, *, app: str = APP) -> None:
        self._uri, self._artifacts, self._app = uri, artifact_root(artifacts), app
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    @staticmethod
    def installed() -> bool:
        """Return whether the package with the UI is installed: ``jupyter-ml[mlflow]``."""
        mlflow = find_spec("mlflow")
        places = (mlflow.submodule_search_locations if mlflow else None) or []
        built = any(Path(place, "server", "js", "build", "index.html").exists() for place in places)
        return built and find_spec("flask") is not None  # mlflow-skinny has neither

    def socket(self, prefix: str) -> Path:
        """Return the socket of the server, which is started first if it does not run.

        Parameters
        ----------
        prefix
            Path of the URL below which a browser sees the UI.

        Raises
        ------
        UnavailableError
            When it cannot be started.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._stop()
                self._start(prefix)
            assert self._folder is not None
            return self._folder / "socket"

    def stop(self) -> None:
        """End the server; the next call of `socket` starts another one."""
        with self._lock:
            self._stop()

    def _start(self, prefix: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="jupyter-ml-mlflow-"))  # for this user only
        socket, log = self._folder / "socket", self._folder / "log"
        command = [sys.executable, "-m", "jupyter_ml.tracking.ui_program", str(socket), self._app]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=self._environment(prefix)
            )
        deadline = time.monotonic() + START_S
        while not socket.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                last = log.read_text(errors="replace").strip().rpartition("\n")[2]
                self._stop()
                raise UnavailableError(f"the UI of MLflow could not be started: {last or 'it does not respond'}")
            time.sleep(0.05)

    def _environment(self, prefix: str) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return {
            **inherited,
            "_MLFLOW_SERVER_FILE_STORE": self._uri,
            "_MLFLOW_SERVER_ARTIFACT_ROOT": self._artifacts,
            "_MLFLOW_STATIC_PREFIX": unquote(prefix),  # MLflow compares it with decoded paths
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }

    def _stop(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
