# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What goes wrong, in HTTP's words: one table, one shape."""

from __future__ import annotations

import json
from http import HTTPStatus

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
"""Status and code by class; what is not in the table has those of its base."""


def body(code: str, message: str, field: str | None = None) -> bytes:
    """Return an `jupyter_ml.server.signatures.Error` as JSON; it may be wanted before anything else is loaded."""
    return json.dumps({"error": {"code": code, "message": message, "field": field}}).encode()


def describe(error: errors.JupyterMLError, message: str) -> tuple[int, bytes]:
    """Return status and body for an error of ours, told in the words of `message`."""
    status, code = next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    return status, body(code, message, getattr(error, "field", None))


def from_status(status: int, message: str | None) -> bytes:
    """Return the body for an answer that Jupyter Server or Tornado refuses with, or that nobody foresaw."""
    phrase = HTTPStatus(status).phrase
    return body(phrase.lower().replace(" ", "_").replace("-", "_"), message or phrase)
