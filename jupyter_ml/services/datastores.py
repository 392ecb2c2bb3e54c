# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores: create and test them, list their files, and find the files that references name."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, InvalidInputError, UnavailableError, reason
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.datastore_types import LocalDatastore
from jupyter_ml.schemas.datastores import (
    DATASTORE,
    DEFAULT_DATASTORES,
    Browse,
    Datastore,
    DatastoreCreate,
    DatastoreFiles,
    DatastoreQuery,
    DatastoreRecord,
    DatastoreTest,
    DatastoreUpdate,
)
from jupyter_ml.schemas.reference_scopes import elsewhere, is_here, require_here
from jupyter_ml.schemas.references import DatastorePath
from jupyter_ml.services.contents_paths import resolve_path
from jupyter_ml.services.credentials import DatastoreCredentials, parse_credentials
from jupyter_ml.services.datastore_files import check_readable, list_files
from jupyter_ml.services.resources import ResourceService

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.storage.azureml import AzureMLFileSystem

__all__ = ["DatastoreService"]


class DatastoreService(ResourceService[Datastore, DatastoreQuery]):
    """The datastores of a workspace."""

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, DATASTORE, context.store.datastores)
        self._credentials = DatastoreCredentials(context)

    def create(self, spec: Schema | Mapping[str, Any], *, root: Path | None = None) -> Datastore:
        """Create a datastore; its credentials are stored in the vault only.

        Parameters
        ----------
        spec
            The datastore; a relative path is relative to the working directory.
        root
            Root directory of the server, to which the path is relative then.

        Raises
        ------
        InvalidInputError
            If its path is not a directory.
        ConflictError
            If the name is taken.
        """
        given = self._complete(spec, root)
        with self._credentials.stored(given.secrets()) as scope:
            return self._notify(self._store.create(_record(given, scope)))

    def save(
        self, spec: Schema | Mapping[str, Any], *, revision: int | None = None, root: Path | None = None
    ) -> tuple[Datastore, bool]:
        """Create or update a datastore as `create_or_update` does, and return whether it is new.

        Credentials that the spec does not mention stay if the type and the settings do, so that a file without
        credentials can be applied again. Where a setting changes they are removed: another server must not get them.

        Raises
        ------
        ConflictError
            If it is one of those that every workspace has.
        """
        given = self._complete(spec, root)
        if given.name in DEFAULT_DATASTORES:
            raise ConflictError(f"every workspace has the datastore {given.name!r}: it is not replaced")
        before = self._context.store.datastores.scopes().get(given.name)
        if before is not None and self._keeps_credentials(given):
            record = _record(given, before).model_copy(update={"credentials": self.get(given.name).credentials})
            return self._saved(record, revision)
        with self._credentials.stored(given.secrets()) as scope:
            saved = self._saved(_record(given, scope), revision)
        self._credentials.delete(before)
        return saved

    def _saved(self, record: DatastoreRecord, revision: int | None) -> tuple[Datastore, bool]:
        resource, is_new = self._store.save(record, revision=revision)
        return self._notify(resource), is_new

    def _keeps_credentials(self, given: DatastoreCreate) -> bool:
        found = self.get(given.name)
        same = (found.type, found.settings) == (given.type, given.settings)
        return same and "credentials" not in given.model_fields_set

    def _complete(self, spec: Schema | Mapping[str, Any], root: Path | None) -> DatastoreCreate:
        given = self._parse(spec)
        assert isinstance(given, DatastoreCreate)
        if not isinstance(given, LocalDatastore):
            return given
        path = os.path.normpath(resolve_path(root, given.path, "path"))
        if not Path(path).is_dir():
            raise InvalidInputError(f"path: {path} is not a directory", field="path")
        return given.model_copy(update={"path": path})

    def update(self, name: str, changes: Schema | Mapping[str, Any], *, revision: int | None = None) -> Datastore:
        """Change the description of a datastore, or all its credentials; see `BaseResourceService.update`."""
        given = self._parse_changes(changes)
        assert isinstance(given, DatastoreUpdate)
        if "credentials" not in given.model_fields_set:
            return super().update(name, given, revision=revision)
        secrets = parse_credentials(self.get(name).type, given)
        with self._credentials.replaced(name, secrets, given) as record:
            return self._notify(self._store.update(name, record, revision=revision))

    def delete(self, name: str) -> None:
        """Delete a datastore and its credentials; the data stays. ConflictError for those of every workspace."""
        if name in DEFAULT_DATASTORES:
            raise ConflictError(f"every workspace has the datastore {name!r}: it is not deleted")
        scope = self._context.store.datastores.scope(name)
        super().delete(name)
        self._credentials.delete(scope)

    def test(self, name: str) -> DatastoreTest:
        """Return whether a datastore can be written to; raise UnavailableError if it cannot be read."""
        connection = self.connection(name)
        with closing(self._files()) as files:
            check_readable(name, connection, files)
        directory = connection.settings["path"] if connection.type == "local" else None
        writable = os.access(directory, os.W_OK | os.X_OK) if directory else None
        return DatastoreTest(name=name, location=connection.location, writable=writable)

    def browse(self, name: str, browse: Browse | None = None) -> DatastoreFiles:
        """Return what is directly in a directory of a datastore.

        Parameters
        ----------
        name
            Name of the datastore.
        browse
            The directory, and which of its entries; by default those at the top.

        Raises
        ------
        NotFoundError
            If there is no such directory.
        UnavailableError
            If the datastore cannot be read.
        """
        browse = browse or Browse()
        with closing(self._files()) as files:
            return list_files(DatastorePath(name, browse.path.strip("/")), browse, files, self.connection(name))

    def filesystem(self) -> AzureMLFileSystem:
        """Return fsspec's file system of ``azureml://datastores/NAME/paths/PATH`` for this workspace.

        Credentials are read when data is; each such read is an event of the datastore.
        """
        from jupyter_ml.storage.azureml import AzureMLFileSystem

        return AzureMLFileSystem(self.issue_connection, skip_instance_cache=True)

    def issue_connection(
        self, name: str, workspace: str | None = None, *, reader: dict[str, Any] | None = None
    ) -> Connection:
        """Return the connection of a datastore for a program that reads it by itself, and record that in an event.

        Parameters
        ----------
        name
            Name of the datastore.
        workspace
            Name of the workspace that a long URI names.
        reader
            What the event contains about the reader; by default the ``process``, which is this one.

        Raises
        ------
        InvalidInputError
            If `workspace` is another one.
        """
        here = self._context.settings.name
        if not is_here(workspace, here):
            short = str(DatastorePath(name, "PATH"))
            raise InvalidInputError(f"datastore {name!r} {elsewhere(str(workspace), here, short)}")
        connection = self.connection(name)
        if connection.credentials:
            self._context.store.datastores.record_read(name, reader or {"process": os.getpid()})
            self._context.notify()
        return connection

    def connection(self, name: str) -> Connection:
        """Return the type, settings and credentials of a datastore, for use in this process only."""
        return self._connection(self.get(name))

    def connections(self) -> dict[str, Connection]:
        """Return the connections of all datastores whose credentials can be read, by name."""
        found: dict[str, Connection] = {}
        for datastore in self._context.store.datastores.all():
            try:
                found[datastore.name] = self._connection(datastore)
            except UnavailableError:  # reported when it is read
                continue
        return found

    def directory(self, name: str) -> Path:
        """Return the directory of a datastore of type local; that of the workspace is created on first use."""
        return self._directory(self.get(name))

    def _connection(self, datastore: Datastore) -> Connection:
        local = datastore.type == "local"
        settings = {**datastore.settings, "path": str(self._directory(datastore))} if local else datastore.settings
        credentials = self._credentials.read(datastore.name) if datastore.credentials else {}
        return Connection(datastore.type, settings, credentials)

    def _directory(self, datastore: Datastore) -> Path:
        if datastore.type != "local":
            raise InvalidInputError(f"datastore {datastore.name!r} is not a directory, it is {datastore.location}")
        path = datastore.settings["path"]
        if path is not None:
            return Path(str(path))
        directory = self._context.layout.data
        directory.mkdir(mode=0o700, exist_ok=True)
        return directory

    def resolve(self, reference: DatastorePath) -> Path | None:
        """Return the file or directory that a reference names; None if it is not on this machine.

        Raises
        ------
        NotFoundError
            If there is no such datastore.
        InvalidInputError
            If the reference is to another workspace, or a link leads out of the datastore.
        """
        reference = require_here(reference, self._context.settings.name)
        if self.get(reference.datastore).type != "local":
            return None
        directory = self.directory(reference.datastore)
        path = directory / reference.path.lstrip("/")
        try:
            inside = path.resolve().is_relative_to(directory.resolve())
        except (OSError, RuntimeError) as error:
            raise InvalidInputError(f"{str(reference)!r} cannot be a path: {reason(error)}") from error
        if not inside:
            raise InvalidInputError(f"{str(reference)!r} leads out of the datastore by a link")
        return path

    def _files(self) -> AzureMLFileSystem:
        """Return a file system that this process uses itself, which is not an event."""
        from jupyter_ml.storage.azureml import AzureMLFileSystem

        return AzureMLFileSystem(lambda name, _: self.connection(name), skip_instance_cache=True)


def _record(spec: DatastoreCreate, scope: str | None) -> DatastoreRecord:
    return DatastoreRecord(
        name=spec.name,
        description=spec.description,
        type=spec.type,
        settings=spec.settings,
        credentials=[*spec.secrets()],
        vault_scope=scope,
    )
