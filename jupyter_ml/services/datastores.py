# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores: create and test them, and find the files that references name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, InvalidInputError, UnavailableError
from jupyter_ml.schemas.datastores import (
    DATASTORE,
    DEFAULT_DATASTORES,
    Datastore,
    DatastoreCreate,
    DatastoreQuery,
    DatastoreTest,
)
from jupyter_ml.services.contents_paths import resolve_contents_path
from jupyter_ml.services.resources import ResourceService

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.references import DatastorePath
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["DatastoreService"]


class DatastoreService(ResourceService[Datastore, DatastoreQuery]):
    """The datastores of a workspace."""

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, DATASTORE, context.store.datastores)

    def create(self, spec: Schema | Mapping[str, Any], *, root: Path | None = None) -> Datastore:
        """Create a datastore.

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
        given = self._parse(spec)
        assert isinstance(given, DatastoreCreate)
        path = _absolute(given.path) if root is None else str(resolve_contents_path(root, given.path, "path"))
        return self._add(given.model_copy(update={"path": path}))

    def test(self, name: str) -> DatastoreTest:
        """Return whether a datastore can be written to; raise UnavailableError if it cannot be read."""
        directory = self.directory(name)
        try:
            with os.scandir(directory) as entries:
                next(entries, None)
        except OSError as error:
            raise UnavailableError(f"datastore {name!r} cannot be read: {directory}: {error.strerror}") from error
        return DatastoreTest(name=name, path=str(directory), writable=os.access(directory, os.W_OK | os.X_OK))

    def directory(self, name: str) -> Path:
        """Return the directory of a datastore; that of the workspace is created on first use."""
        path = self.get(name).path
        if path is not None:
            return Path(path)
        directory = self._context.layout.data
        directory.mkdir(mode=0o700, exist_ok=True)
        return directory

    def resolve(self, reference: DatastorePath) -> Path:
        """Return the file or directory that a reference names.

        Raises
        ------
        NotFoundError
            If there is no such datastore.
        InvalidInputError
            If the reference is to another workspace, or a link leads out of the datastore.
        """
        if reference.scope is not None:
            raise InvalidInputError(f"{str(reference)!r} is in {reference.scope}, and not in this workspace")
        directory = self.directory(reference.datastore)
        path = directory / reference.path.lstrip("/")
        try:
            inside = path.resolve().is_relative_to(directory.resolve())
        except (OSError, RuntimeError) as error:
            raise InvalidInputError(f"{str(reference)!r} cannot be a path: {error}") from error
        if not inside:
            raise InvalidInputError(f"{str(reference)!r} leads out of the datastore by a link")
        return path

    def _check(self, spec: Schema) -> Schema:
        assert isinstance(spec, DatastoreCreate)
        try:
            is_directory = Path(spec.path).is_dir()
        except OSError as error:  # a name that is too long
            raise InvalidInputError(
                f"path: {spec.path[:200]!r} cannot be a path: {error.strerror}", field="path"
            ) from error
        if not is_directory:
            raise InvalidInputError(f"path: {spec.path} is not a directory", field="path")
        return spec

    def _before_delete(self, name: str) -> None:
        if name in DEFAULT_DATASTORES:
            raise ConflictError(f"every workspace has the datastore {name!r}: it is not deleted")


def _absolute(path: str) -> str:
    try:
        return os.path.normpath(Path(path).expanduser().absolute())
    except RuntimeError as error:  # an unknown user's home
        raise InvalidInputError(f"path: {path!r} cannot be a path: {error}", field="path") from error
