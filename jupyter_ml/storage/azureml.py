# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The protocol ``azureml`` of fsspec: read data of the workspace by name, and read and write its datastores.

In a job or a notebook of Jupyter ML, ``pandas.read_csv("azureml://datastores/lake/paths/a.csv")`` and
``pandas.read_csv("azureml://data/titanic/versions/1")`` need no credentials: they are asked for when data is read, and
are in the memory of the process only.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from fsspec import AbstractFileSystem, register_implementation

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.storage.filesystems import has_objects
from jupyter_ml.storage.masks import masked_errors
from jupyter_ml.storage.places import PREFIX, Places, is_http

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.storage.places import Connect, Locate, Place

__all__ = ["AzureMLFileSystem", "register"]


class AzureMLFileSystem(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Files of datastores, as ``azureml://datastores/NAME/paths/PATH``, and of data that has a name.

    Data is ``azureml://data/NAME/versions/VERSION``, ``azureml://data/NAME/labels/LABEL`` or
    ``azureml://jobs/NAME/outputs/OUTPUT/paths``, and a path in it may follow. It is read only. A label means the
    version that has it when data is read. ``azureml:NAME:VERSION`` and ``azureml:NAME@LABEL`` are read here, too, but
    other libraries take them for names of files.

    The long form of Azure ML, ``azureml://subscriptions/…/workspaces/NAME/datastores/…``, is possible if NAME is the
    name of this workspace. Neither its text nor its pickle contains credentials.

    Parameters
    ----------
    connect
        Returns the connection of a datastore, given its name and the name of a workspace; by default that of the
        broker.
    locate
        Returns where data is, given its name as ``azureml://data/…``; by default the broker does.
    """

    protocol = "azureml"
    root_marker = ""
    cachable = True

    def __init__(self, connect: Connect | None = None, locate: Locate | None = None, **storage_options: Any) -> None:
        super().__init__(**storage_options)
        self._places = Places(connect, locate)

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        text = os.fspath(path)
        if text.startswith("azureml:") and not text.startswith("azureml:/"):
            return "data/" + text.removeprefix("azureml:").rstrip("/")
        return text.removeprefix(PREFIX).removeprefix("azureml:/").rstrip("/")

    def unstrip_protocol(self, name: str) -> str:
        """Return a path as a URL."""
        return f"{PREFIX}{self._strip_protocol(name)}"

    @contextmanager
    def _at(self, path: str, *, writes: bool = False) -> Iterator[Place]:
        place = self._places.place(self._strip_protocol(path))
        if writes and place.is_asset:
            raise InvalidInputError(
                f"{path} is read only, because what has a name does not change: write to "
                "azureml://datastores/NAME/paths/PATH, and register that"
            )
        with masked_errors(place.redactor):
            yield place

    def invalidate_cache(self, path: str | None = None) -> None:
        """Connect again, and ask for the credentials again, at the next use."""
        self.close()
        super().invalidate_cache(path)

    def close(self) -> None:
        """End all connections."""
        self._places.close()

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """Return what is directly in a directory, with names that begin with ``datastores/``."""
        with self._at(path) as place:
            # a directory in an object store may have an object of its own name; HTTP lists only what ends with /
            top = f"{place.path}/" if is_http(place.filesystem) else place.path
            found = place.filesystem.ls(top, detail=True, **kwargs)
            own = self._strip_protocol(path)
            entries = [
                _entry(place, each) for each in found if each["name"].rstrip("/") != place.path or len(found) == 1
            ]
            entries = [each for each in entries if each["name"] != own or each["type"] != "directory"]
            return (
                sorted(entries, key=lambda each: each["name"]) if detail else sorted(each["name"] for each in entries)
            )

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """Return the name, type and size of a file or directory."""
        with self._at(path) as place:
            return _entry(place, place.filesystem.info(place.path, **kwargs))

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        with self._at(path, writes=mode not in ("r", "rb")) as place:
            kwargs.pop("autocommit", None)
            block_size = kwargs.pop("block_size", None)
            options = kwargs if block_size is None else {**kwargs, "block_size": block_size}
            return place.filesystem.open(place.path, mode, **options)

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any) -> bytes:
        """Return the content of a file, or of a part of it."""
        with self._at(path) as place:
            if is_http(place.filesystem) and (start or end is not None):  # a server may send all of it instead
                return bytes(super().cat_file(path, start, end, **kwargs))
            content: bytes = place.filesystem.cat_file(place.path, start=start, end=end, **kwargs)
            return content

    def mkdir(self, path: str, create_parents: bool = True, **kwargs: Any) -> None:  # noqa: ARG002 -- fsspec's
        """Create a directory, where the datastore has such."""
        self.makedirs(path, exist_ok=False)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Create a directory with its parents, where the datastore has such."""
        with self._at(path, writes=True) as place:
            if place.path != place.root and not has_objects(place.filesystem):
                place.filesystem.makedirs(place.path, exist_ok=exist_ok)

    def _rm(self, path: str) -> None:
        with self._at(path, writes=True) as place:
            if place.path == place.root:
                raise InvalidInputError(f"{path} is a whole datastore: name what to remove in it")
            if not has_objects(place.filesystem):
                place.filesystem.rm(place.path)
                return
            with suppress(FileNotFoundError):  # a directory ends with its last object
                place.filesystem.rm_file(place.path)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory, where the datastore has such."""
        with self._at(path, writes=True) as place:
            if not has_objects(place.filesystem) and place.path != place.root:
                place.filesystem.rmdir(place.path)

    def modified(self, path: str) -> Any:
        """Return the time at which a file was changed."""
        with self._at(path) as place:
            return place.filesystem.modified(place.path)

    def ukey(self, path: str) -> str:
        """Return a text that changes with the content of a file."""
        with self._at(path) as place:
            key: str = place.filesystem.ukey(place.path)
            return key


def register() -> None:
    """Make this the class for ``azureml://``, also if azureml-fsspec is installed, which registers itself, too."""
    register_implementation("azureml", AzureMLFileSystem, clobber=True)


def _entry(place: Place, found: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a file, without what depends on the library."""
    modified = found.get("LastModified") or found.get("last_modified") or found.get("mtime") or found.get("updated")
    return {
        "name": place.name(str(found["name"])),
        "size": found.get("size"),
        "type": found["type"],
        "has_ranges": not is_http(place.filesystem),  # a web server may send whole files only
        **({"modified": modified} if modified else {}),
        **({"ETag": etag} if (etag := found.get("ETag") or found.get("etag")) else {}),
    }
