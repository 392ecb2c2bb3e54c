# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The messages of the broker: one line of JSON in each direction, on a Unix domain socket."""

from __future__ import annotations

import json
from typing import Any

from jupyter_ml.errors import InvalidInputError, JupyterMLError, NotFoundError, UnavailableError
from jupyter_ml.schemas.named_data import MAX_DATA_REQUESTS

__all__ = [
    "ARTIFACT_DATASTORE",
    "ARTIFACT_STORE",
    "MAX_REQUEST",
    "MAX_RESPONSE",
    "VARIABLE",
    "decode",
    "encode",
    "failure",
    "require_success",
    "too_many_names",
]

VARIABLE = "JUPYTER_ML_BROKER"
"""Environment variable with the path of the socket."""
ARTIFACT_STORE = "artifact store"
"""What a job asks for to access the artifacts of its workspace; no datastore has a name with a space."""
ARTIFACT_DATASTORE = "workspaceartifactstore"
"""Datastore whose events record that."""
MAX_REQUEST = 16 * 1024
MAX_RESPONSE = 1024 * 1024
"""Bytes of a line."""


def encode(message: dict[str, Any]) -> bytes:
    """Return a message as a line."""
    return json.dumps(message).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Return the message of a line; InvalidInputError if it is none, without quoting it."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise InvalidInputError("not a message of the broker")
    return message


_CODES: dict[str, type[JupyterMLError]] = {"not_found": NotFoundError, "invalid_input": InvalidInputError}


def failure(error: JupyterMLError) -> dict[str, Any]:
    """Return the response that reports an error."""
    code = next((code for code, kind in _CODES.items() if isinstance(error, kind)), "unavailable")
    return {"error": str(error), "code": code}


def too_many_names() -> InvalidInputError:
    """Return the error for a job that has read as much by name as it can."""
    return InvalidInputError(
        f"this job has read {MAX_DATA_REQUESTS:,} different names of data, and no more are looked up for one job: "
        "register a directory with the files, and read them by its name and their paths in it"
    )


def require_success(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response; raise the error that it reports, if it does."""
    if "error" in response:
        raise _CODES.get(str(response.get("code")), UnavailableError)(str(response["error"]))
    return response
