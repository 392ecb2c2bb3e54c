"""What goes wrong, in HTTP's words: one table, one shape."""

from __future__ import annotations

from http import HTTPStatus

from jupyter_ml import errors
from jupyter_ml.schemas.base import Schema

__all__ = ["TABLE", "Error", "ErrorDetail", "describe", "from_status"]

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


class ErrorDetail(Schema):
    """What went wrong."""

    code: str
    """One word for a program."""
    message: str
    """For a person: what is wrong, where, and what to do."""
    field: str | None = None
    """Dotted path of the field that is wrong, as ``parameters.alpha``."""


class Error(Schema):
    """The body of every answer that is an error."""

    error: ErrorDetail


def describe(error: errors.JupyterMLError) -> tuple[int, Error]:
    """Return status and body for an error of ours."""
    status, code = next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    field = error.field if isinstance(error, errors.InvalidInputError) else None
    return status, Error(error=ErrorDetail(code=code, message=str(error), field=field))


def from_status(status: int, message: str | None) -> Error:
    """Return the body for an answer that Jupyter Server or Tornado refuses with, or that nobody foresaw."""
    phrase = HTTPStatus(status).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    return Error(error=ErrorDetail(code=code, message=message or phrase))
