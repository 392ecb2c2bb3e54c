# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read URLs of data as a connection and a path in it, to compare them with datastores and to open them like these."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.reference_parts import require_path, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

__all__ = ["Place", "datastore_of", "path_below", "place_of"]

ANONYMOUS = {"identity": "anonymous"}
"""Setting of a connection that uses no identity: only public data can be read."""
REFUSED = {
    "adl": "Azure has retired Data Lake Storage Gen1: copy the data, e.g. to Gen2",
    "hdfs": "not supported: mount it, and write its path",
    "dbfs": "not supported: mount it, and write its path",
    "ftp": "not supported: download it, and write its path",
    "runs": "an artifact of a run is a model, not data: register it with jupyter ml model create",
    "models": "a model, not data: write azureml:NAME:VERSION and type: mlflow_model",
}
"""Schemes that data cannot have, and what to do."""


class Place(NamedTuple):
    """A path in a connection that has no credentials."""

    connection: Connection
    path: str


def place_of(url: str) -> Place:
    """Return where a URL leads.

    Raises
    ------
    InvalidInputError
        If data cannot be read by such a URL; the message contains what to do.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme in REFUSED:
        raise InvalidInputError(f"{shown(url)} is {REFUSED[scheme]}")
    if scheme not in _PLACES:
        known = ", ".join(f"{each}://" for each in _PLACES)
        raise InvalidInputError(f"{shown(url)} cannot be read: data is at {known}, in a datastore or on this machine")
    if not parts.hostname:
        raise InvalidInputError(f"{shown(url)} names no server, bucket or container")
    place = _PLACES[scheme](parts)
    require_path(place.path)
    return place


def datastore_of(url: str) -> tuple[str, Connection, str]:
    """Return a URL as a path in a datastore of its own; names of datastores of the workspace have no dots.

    Returns
    -------
    tuple
        The name of the datastore, its connection, and the path in it.
    """
    connection, path = place_of(url)
    if connection.type == "http":
        path = path[len(connection.settings["url"]) :]
    settings = json.dumps([connection.type, sorted(connection.settings.items())])
    host = re.sub(r"[^A-Za-z0-9.-]", "-", urlsplit(url).netloc)[:100]
    name = f"{urlsplit(url).scheme}.{host}.{sha256(settings.encode()).hexdigest()[:8]}"
    return name, connection, path.strip("/")


def path_below(place: Place, datastore: Connection) -> str | None:
    """Return the path in a datastore of what a URL leads to; None if it is not in the datastore."""
    for own in (place, _as_blob(place)):
        if own is None or own.connection.type != datastore.type:
            continue
        above, below = _base(datastore), _base(own.connection)
        if own.connection.type == "http":
            url, top = f"{own.path}", str(datastore.settings["url"]).rstrip("/")
            if url.startswith(f"{top}/"):
                return url[len(top) + 1 :]
            continue
        prefix = str(datastore.settings.get("prefix") or datastore.settings.get("path") or "").strip("/")
        path = own.path.strip("/")
        if above == below and (not prefix or path == prefix or path.startswith(f"{prefix}/")):
            return path[len(prefix) :].strip("/")
    return None


def _base(connection: Connection) -> tuple[str, ...]:
    """Return what identifies a bucket, a container or a server."""
    keys = {
        "s3": ("bucket",),
        "gcs": ("bucket",),
        "azure_blob": ("account_name", "container_name", "endpoint"),
        "azure_data_lake_gen2": ("account_name", "filesystem", "endpoint"),
        "sftp": ("host", "port"),
    }.get(connection.type, ())
    return tuple(str(connection.settings.get(key)).lower() for key in keys)


def _as_blob(place: Place) -> Place | None:
    """Return the blob that an https URL of Azure's blob storage names; None for another URL."""
    if place.connection.type != "http":
        return None
    parts = urlsplit(place.path)
    if ".blob." not in (parts.hostname or "") or parts.query:
        return None
    return _container(parts)


def _bucket(kind: str) -> Callable[[SplitResult], Place]:
    return lambda parts: Place(Connection(kind, {"bucket": parts.netloc, **ANONYMOUS}), unquote(parts.path).strip("/"))


def _web(parts: SplitResult) -> Place:
    return Place(Connection("http", {"url": f"{parts.scheme}://{parts.netloc}"}), parts.geturl())


def _sftp(parts: SplitResult) -> Place:
    settings = {"host": parts.hostname, "port": parts.port or 22, "path": "/"}
    return Place(Connection("sftp", settings), unquote(parts.path).strip("/"))


def _container(parts: SplitResult) -> Place:
    """Return a blob: ``wasbs://CONTAINER@ACCOUNT.blob…/PATH``, or ``wasbs://ACCOUNT.blob…/CONTAINER/PATH``."""
    return _azure(parts, "azure_blob", "container_name", "blob")


def _filesystem(parts: SplitResult) -> Place:
    return _azure(parts, "azure_data_lake_gen2", "filesystem", "dfs")


def _azure(parts: SplitResult, kind: str, key: str, service: str) -> Place:
    account, _, endpoint = (parts.hostname or "").partition(f".{service}.")
    container, path = parts.username, unquote(parts.path).strip("/")
    if container is None:
        container, _, path = path.partition("/")
    if not endpoint or not container:
        scheme = parts.scheme
        raise InvalidInputError(
            f"{shown(parts.geturl())} is not complete: write {scheme}://CONTAINER@ACCOUNT.{service}.core.windows.net/PATH"
        )
    return Place(Connection(kind, {"account_name": account, key: container, "endpoint": endpoint, **ANONYMOUS}), path)


_PLACES: dict[str, Callable[[SplitResult], Place]] = {
    "https": _web,
    "http": _web,
    "s3": _bucket("s3"),
    "gs": _bucket("gcs"),
    "gcs": _bucket("gcs"),
    "wasbs": _container,
    "wasb": _container,
    "abfss": _filesystem,
    "abfs": _filesystem,
    "sftp": _sftp,
}
