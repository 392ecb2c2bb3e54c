# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""MLflow's REST API of a workspace's store, for jobs on machines that cannot open its database."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.tracking.socket_server import SocketServer
from jupyter_ml.tracking.uris import artifact_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.schemas.connections import Connection

__all__ = ["TrackingServer", "digest"]


def digest(token: str) -> str:
    """Return what the server knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class TrackingServer:
    """A program that serves the API, which ends with this process; each token gives access to all of the store.

    Parameters
    ----------
    uri, artifacts
        Database and artifact location, as `jupyter_ml.tracking.client.Tracking` takes them.
    connection
        Returns the connection for artifacts that are in a cloud; None where MLflow finds the credentials.
    """

    def __init__(self, uri: str, artifacts: str, connection: Callable[[], Connection | None] = lambda: None) -> None:
        self._uri, self._artifacts, self._connection = uri, artifact_root(artifacts), connection
        self._server = SocketServer("the server for MLflow", "jupyter_ml.tracking.rest_program")
        self._lock = threading.Lock()
        self._accepted: set[str] = set()

    def accept(self, token: str) -> None:
        """Accept a token, given by its digest, from now on."""
        with self._lock:
            self._accepted.add(token)
            self._write({"accept": token})

    def reject(self, token: str) -> None:
        """Accept a token no longer."""
        with self._lock:
            self._accepted.discard(token)
            self._write({"reject": token})

    def socket(self) -> Path:
        """Return the socket of the server, which is started first if it does not run.

        Raises
        ------
        UnavailableError
            When it cannot be started.
        """
        with self._lock:
            if (running := self._server.socket()) is not None:
                return running
            connection = self._connection()
            started = self._server.start(environment=os.environ)
            document = connection.document() if connection else None
            self._write({"uri": self._uri, "artifacts": self._artifacts, "connection": document})
            for token in self._accepted:
                self._write({"accept": token})
            return started

    def stop_unused(self) -> None:
        """End the server if no token is accepted."""
        with self._lock:
            if not self._accepted:
                self._server.stop()

    def stop(self) -> None:
        """End the server."""
        with self._lock:
            self._server.stop()

    def _write(self, line: dict[str, Any]) -> None:
        if self._server.socket() is not None:
            with suppress(BrokenPipeError):  # it has just ended
                self._server.input.write(json.dumps(line).encode() + b"\n")
