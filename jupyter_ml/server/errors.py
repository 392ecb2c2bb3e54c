# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""HTTP status and JSON body of errors."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from jupyter_ml import errors

__all__ = ["TABLE", "body", "describe", "from_status"]

TABLE: dict[type[errors.JupyterMLError], tuple[int, str]] = {
    errors.InvalidInputError: (400, "invalid_input"),
    errors.TooLargeError: (413, "too_large"),
    errors.NotFoundError: (404, "not_found"),
    errors.ConflictError: (409, "conflict"),
    errors.WorkspaceError: (503, "workspace"),
    errors.UnavailableError: (503, "unavailable"),
    errors.JupyterMLError: (500, "internal_server_error"),
}
"""Status and code of each error class; other classes have those of their base class."""


def body(code: str, message: str, field: str | None = None, current: dict[str, Any] | None = None) -> bytes:
    """Return a `jupyter_ml.server.signatures.Error` as JSON, without importing pydantic."""
    return json.dumps({"error": {"code": code, "message": message, "field": field, "current": current}}).encode()


def describe(error: errors.JupyterMLError, message: str) -> tuple[int, bytes]:
    """Return the status and the body for an error, with `message` as its text."""
    status, code = next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    return status, body(code, message, getattr(error, "field", None), getattr(error, "current", None))


def from_status(status: int, message: str | None) -> bytes:
    """Return the body for a request that Jupyter Server or Tornado refused, or for an unexpected error."""
    phrase = HTTPStatus(status).phrase
    return body(phrase.lower().replace(" ", "_").replace("-", "_"), message or phrase)
