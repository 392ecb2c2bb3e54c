# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Artifact locations for clients of MLflow's REST API that cannot read and write where artifacts are."""

from __future__ import annotations

import io
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_ml.tracking.plugin import PROXIED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ProxiedArtifacts"]

FILES = "/api/2.0/mlflow-artifacts/"
"""Where artifacts themselves are served, which may be JSON, too."""
MAX_BYTES = 64 * 1024**2
"""Of a request that is not a file: it is read into memory before its token is checked."""
LOCATIONS = {"artifact_location", "artifact_uri", "mlflow.artifactLocation", "root_uri", "source", "storage_location"}
"""Keys and tags of MLflow whose values are locations."""


class ProxiedArtifacts:
    """A WSGI application whose clients see locations that the server itself reads and writes.

    Locations in the store are those of the workspace, so that programs of this machine use the files themselves; for
    clients they begin with ``mlflow-artifacts:`` instead.

    Parameters
    ----------
    app
        The application.
    artifacts
        The artifact location of the workspace.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], artifacts: str) -> None:
        self._app, self._here, self._there = app, f"{artifacts.rstrip('/')}/", f"{PROXIED}/"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"].startswith(FILES):
            return self._app(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > MAX_BYTES:
            start_response("413 Content Too Large", [("Content-Length", "0")])
            return []
        body = environ["wsgi.input"].read(length)
        body = _moved(body, self._there, self._here)
        given = environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        started: list[Any] = []
        response: Any = self._app(given, lambda *status: started.extend(status))
        with closing(response):
            content = _moved(b"".join(response), self._here, self._there)
        headers = [header for header in started[1] if header[0].lower() != "content-length"]
        start_response(started[0], [*headers, ("Content-Length", str(len(content)))])
        return [content]


def _moved(document: bytes, old: str, new: str) -> bytes:
    """Return a document with other beginnings of its locations; one that is not JSON is returned as it is."""
    try:
        return json.dumps(_replaced(json.loads(document), old, new)).encode()
    except ValueError:
        return document


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_replaced(each, old, new) for each in value]
    if isinstance(value, dict):
        known = LOCATIONS | ({"value"} if value.get("key") in LOCATIONS else set())
        return {
            key: new + each.removeprefix(old)
            if key in known and isinstance(each, str) and each.startswith(old)
            else _replaced(each, old, new)
            for key, each in value.items()
        }
    return value
