# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""MLflow's own UI: a process that is started on demand, on a socket file that other users cannot open."""

from __future__ import annotations

import os
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from jupyter_ml.tracking.socket_server import SocketServer
from jupyter_ml.tracking.uris import artifact_root

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TrackingUI"]

APP = "mlflow.server.fastapi_app:app"
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
        self._server = SocketServer("the UI of MLflow", "jupyter_ml.tracking.ui_program")

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
            return self._server.socket() or self._server.start(self._app, environment=self._environment(prefix))

    def stop(self) -> None:
        """End the server; the next call of `socket` starts another one."""
        with self._lock:
            self._server.stop()

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
