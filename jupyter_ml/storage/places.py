# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find where paths of ``azureml://`` lead, and open the file system there."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.broker.client import ask, locate
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.named_data import NamedData, split_name
from jupyter_ml.schemas.reference_parts import require_path
from jupyter_ml.schemas.references import DatastorePath, Url, parse_reference
from jupyter_ml.schemas.url_locations import place_of
from jupyter_ml.storage.filesystems import Opened, open_filesystem

if TYPE_CHECKING:
    from collections.abc import Callable

    from fsspec import AbstractFileSystem

    from jupyter_ml.schemas.named_data import DataName

    Connect = Callable[[str, str | None], Connection]
    Locate = Callable[[str], NamedData]

__all__ = ["PREFIX", "Connect", "Locate", "Place", "Places", "is_http"]

PREFIX = "azureml://"
LABEL_S = 5.0
"""How long a label means the same version."""


class Place(NamedTuple):
    """A path in a file system."""

    filesystem: AbstractFileSystem
    path: str
    root: str
    """Path of the top of the datastore or of the data there."""
    prefix: str
    """Path of the top here, with a slash at its end."""
    redactor: Redactor
    is_asset: bool = False
    """Whether it is in data that has a name, which does not change."""

    def name(self, path: str) -> str:
        """Return the path here for a path there."""
        inside = path.rstrip("/")[len(self.root) :].lstrip("/")
        return f"{self.prefix}{inside}".rstrip("/")


class Places:
    """Opens each datastore once for a process.

    Parameters
    ----------
    connect
        Returns the connection of a datastore, given its name and the name of a workspace; by default that of the
        broker.
    find
        Returns where data is, given its name; by default the broker does.
    """

    def __init__(self, connect: Connect | None = None, find: Locate | None = None) -> None:
        self._connect, self._find = connect or ask, find or locate
        self._opened: dict[tuple[object, ...], tuple[Opened, Redactor]] = {}
        self._named: dict[str, tuple[NamedData, float]] = {}

    def place(self, path: str) -> Place:
        """Return where a path leads, which is what follows ``azureml://``.

        Raises
        ------
        NotFoundError
            If there is no such datastore or data.
        InvalidInputError
            If it is in another workspace, is neither data nor in a datastore, or leads out of it.
        UnavailableError
            If it cannot be reached.
        """
        name = split_name(path)
        if name is not None:
            return self._in_data(name)
        reference = parse_reference(PREFIX + path)
        assert isinstance(reference, DatastorePath)  # what else begins with azureml:// has a name
        opened, redactor = self._datastore(reference)
        inside = reference.path.strip("/")
        prefix = str(DatastorePath(reference.datastore, scope=reference.scope)).removeprefix(PREFIX)
        return _checked(Place(opened.filesystem, _below(opened.root, inside), opened.root, prefix, redactor))

    def close(self) -> None:
        """End all connections, and forget where data is."""
        for (process, *_), (opened, _) in self._opened.items():
            if process == os.getpid():
                opened.close()
        self._opened.clear()
        self._named.clear()

    def _in_data(self, name: DataName) -> Place:
        require_path(name.path)
        location = self._named_data(name.name).location
        reference, inside = parse_reference(location), name.path.strip("/")
        if isinstance(reference, DatastorePath):
            opened, redactor = self._datastore(reference)
            root = _below(opened.root, reference.path.strip("/"))
        else:
            connection, path = place_of(location) if isinstance(reference, Url) else (_local(location), "")
            opened, redactor = self._open((location,), lambda: connection)
            root = location.rstrip("/") if connection.type == "http" else _below(opened.root, path.strip("/"))
        return _checked(Place(opened.filesystem, _below(root, inside), root, f"{name.name}/", redactor, is_asset=True))

    def _named_data(self, name: str) -> NamedData:
        found, at = self._named.get(name, (None, 0.0))
        if found is None or (found.reference != PREFIX + name and time.monotonic() - at > LABEL_S):
            found = self._find(PREFIX + name)
            self._named[name] = found, time.monotonic()
        return found

    def _datastore(self, reference: DatastorePath) -> tuple[Opened, Redactor]:
        key = (reference.datastore, reference.workspace)
        return self._open(key, lambda: self._connect(*key))

    def _open(self, key: tuple[object, ...], connect: Callable[[], Connection]) -> tuple[Opened, Redactor]:
        key = (os.getpid(), *key)  # connections do not survive a fork
        if key not in self._opened:
            connection = connect()
            self._opened[key] = open_filesystem(connection), Redactor(connection.secrets)
        return self._opened[key]


def is_http(filesystem: AbstractFileSystem) -> bool:
    """Return whether files are those of a web server."""
    return "http" in filesystem.protocol


def _local(path: str) -> Connection:
    return Connection("local", {"path": path})


def _below(root: str, inside: str) -> str:
    return f"{root}/{inside}" if inside else root


def _checked(place: Place) -> Place:
    """Return a place; InvalidInputError if a link in a local directory leads out of the datastore or the data."""
    if place.filesystem.protocol in ("file", ("file", "local")):
        shown = f"{PREFIX}{place.name(place.path)}"
        try:
            real, root = os.path.realpath(place.path), os.path.realpath(place.root)
        except (OSError, ValueError) as error:
            raise InvalidInputError(f"{shown!r} cannot be a path: {error}") from error
        if real != root and not real.startswith(root.rstrip("/") + "/"):
            raise InvalidInputError(f"{shown!r} leads out of the {'data' if place.is_asset else 'datastore'} by a link")
    return place
