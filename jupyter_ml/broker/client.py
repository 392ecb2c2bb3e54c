# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Ask the broker for the connection of a datastore."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from typing import Any

from jupyter_ml.broker.messages import MAX_RESPONSE, VARIABLE, decode, encode
from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.connections import Connection

__all__ = ["ask"]

TIMEOUT_S = 30.0
_ERRORS = {"not_found": NotFoundError, "invalid_input": InvalidInputError}


def ask(datastore: str, workspace: str | None = None) -> Connection:
    """Return the connection of a datastore, with its credentials.

    Parameters
    ----------
    datastore
        Name of the datastore.
    workspace
        Name of the workspace that a long URI names.

    Raises
    ------
    NotFoundError
        If there is no such datastore.
    InvalidInputError
        If it is in another workspace.
    UnavailableError
        If this process was started neither by a job nor by a notebook of Jupyter ML.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        raise UnavailableError(
            f"azureml:// is read by programs that Jupyter ML starts, and {VARIABLE} is not set here: use "
            "jupyter_ml.Workspace.open().datastores.filesystem() instead"
        )
    try:
        response = _request(path, encode({"datastore": datastore, "workspace": workspace}))
    except OSError as error:
        raise UnavailableError(f"the broker of the workspace does not answer ({path}): {error.strerror}") from None
    if "error" in response:
        kind = _ERRORS.get(str(response.get("code")), UnavailableError)
        raise kind(str(response["error"]))
    return Connection.of(response)


def _request(path: str, line: bytes) -> dict[str, Any]:
    folder, _, name = path.rpartition("/")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.settimeout(TIMEOUT_S)
        _connect(connection, folder, name)
        connection.sendall(line)
        received = b""
        while not received.endswith(b"\n") and len(received) <= MAX_RESPONSE:
            piece = connection.recv(64 * 1024)
            if not piece:
                break
            received += piece
    if not received:
        raise UnavailableError(f"the broker of the workspace has ended ({path})")
    return decode(received)


def _connect(connection: socket.socket, folder: str, name: str) -> None:
    """Connect to a socket whose path may be longer than the 107 characters that are possible."""
    if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        connection.connect(f"{folder}/{name}")
        return
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        connection.connect(f"/proc/self/fd/{directory}/{name}")
    finally:
        os.close(directory)
