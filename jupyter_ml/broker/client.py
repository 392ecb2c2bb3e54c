# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Ask the broker for the connection of a datastore, and where data is that has a name."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from typing import Any

from jupyter_ml.broker.messages import MAX_REQUEST, MAX_RESPONSE, VARIABLE, decode, encode, require_success
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.named_data import NamedData

__all__ = ["NOTEBOOK", "ask", "locate"]

TIMEOUT_S = 60.0
NOTEBOOK = "JPY_SESSION_NAME"
"""Variable with the path of the notebook; Jupyter Server sets it for kernels."""


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
    return Connection.of(_response({"datastore": datastore, "workspace": workspace}, "datastores"))


def locate(reference: str) -> NamedData:
    """Return where data is, which the lineage records.

    Parameters
    ----------
    reference
        ``azureml://data/NAME/versions/VERSION``, ``azureml://data/NAME/labels/LABEL`` or
        ``azureml://jobs/NAME/outputs/OUTPUT``.

    Raises
    ------
    NotFoundError
        If there is no such data.
    InvalidInputError
        If it is in another workspace, or not data.
    UnavailableError
        As for `ask`.
    """
    return NamedData.of(_response({"data": reference, "notebook": os.environ.get(NOTEBOOK)}, "data"))


def _response(message: dict[str, Any], service: str) -> dict[str, Any]:
    """Return the response to a message; `service` is the part of the Python API that programs use without a broker."""
    path = os.environ.get(VARIABLE)
    if not path:
        raise UnavailableError(
            f"azureml:// is read by programs that Jupyter ML starts, and {VARIABLE} is not set here: use "
            f"jupyter_ml.Workspace.open().{service}.filesystem() instead"
        )
    line = encode(message)
    if len(line) > MAX_REQUEST:
        raise InvalidInputError(f"the name of a datastore or of data has at most {MAX_REQUEST // 1024} kB")
    try:
        return require_success(_request(path, line))
    except OSError as error:
        raise UnavailableError(f"the broker of the workspace does not answer ({path}): {error.strerror}") from None


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
