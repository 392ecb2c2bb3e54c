# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Serve MLflow's REST API on a socket file until standard input is closed.

``python -m jupyter_ml.tracking.rest_program SOCKET`` is started by `jupyter_ml.tracking.rest`, which writes lines of
JSON to its standard input: first the database and the artifacts, then which tokens are accepted.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import IO, Any, cast

from jupyter_ml.schemas.connections import Connection
from jupyter_ml.tracking.artifact_access import use_connection
from jupyter_ml.tracking.proxied_artifacts import ProxiedArtifacts
from jupyter_ml.tracking.socket_server import bound, leave

SERVED = tuple(
    f"/api/{family}/"
    for family in (
        *("2.0/mlflow-artifacts/artifacts", "2.0/mlflow/artifacts", "2.0/mlflow/experiments", "2.0/mlflow/runs"),
        *("2.0/mlflow/metrics", "2.0/mlflow/logged-models", "2.0/mlflow/registered-models"),
        *("2.0/mlflow/model-versions", "2.0/mlflow/traces", "3.0/mlflow/traces", "3.0/mlflow/datasets"),
    )
)
"""What code logs and reads; neither webhooks nor gateways, which would make this machine send requests."""
THREADS = 8
MAX_BODY_BYTES = 1024**4
"""Of a file; it is written to a temporary file first."""


def create_app(uri: str, artifacts: str) -> Any:
    """Return the WSGI application for a store.

    Parameters
    ----------
    uri, artifacts
        Database and artifact location.
    """
    from flask import Flask
    from mlflow.server.handlers import (
        get_endpoints,  # before the variables, because of which it would load what serves a browser
    )

    os.environ |= {
        "_MLFLOW_SERVER_FILE_STORE": uri,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": artifacts,
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": artifacts,
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    app = Flask(__name__, static_folder=None)
    for path, handler, methods in cast("Any", get_endpoints)():
        if f"{path}/".startswith(SERVED):
            app.add_url_rule(path, handler.__name__, handler, methods=methods)
    app.wsgi_app = ProxiedArtifacts(app.wsgi_app, artifacts)  # type: ignore[method-assign]
    return app


def main(path: str) -> None:
    """Serve the store that is read from standard input."""
    with bound(path) as listener:
        config, accepted = json.loads(sys.stdin.readline()), set[str]()
        threading.Thread(target=_follow, args=(path, sys.stdin, accepted), daemon=True).start()
        from waitress.server import create_server

        from jupyter_ml.tracking.authenticated import channel_for

        connection = Connection.of(config["connection"]) if config["connection"] else None
        use_connection(config["artifacts"], lambda: connection)
        app = create_app(config["uri"], config["artifacts"])
        limits: Any = {"threads": THREADS, "max_request_body_size": MAX_BODY_BYTES}
        server: Any = create_server(app, sockets=[listener], **limits, ident=None)
        server.channel_class = channel_for(accepted)
        server.run()


def _follow(path: str, lines: IO[str], accepted: set[str]) -> None:
    for line in lines:
        given = json.loads(line)
        accepted.discard(given.get("reject", ""))
        accepted |= {given["accept"]} if "accept" in given else set()
    leave(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
