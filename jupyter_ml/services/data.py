# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data assets: register files where they are, check them, and read them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, NotFoundError, reason
from jupyter_ml.schemas.data import DATA, Data, DataCreate, DataType
from jupyter_ml.schemas.data_cache import CacheEntry, DataCache
from jupyter_ml.schemas.fingerprints import DataCheck, Fingerprint, comparison
from jupyter_ml.schemas.lineage import creator_of
from jupyter_ml.schemas.mltable import TABLE_FILE, read_mltable
from jupyter_ml.schemas.references import AssetRef, LocalPath, parse_reference
from jupyter_ml.schemas.yaml import MAX_BYTES
from jupyter_ml.services.asset_source import current_source, notebook_source
from jupyter_ml.services.contents_paths import resolve_contents_path, resolve_path
from jupyter_ml.services.data_view import DataViewService
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.services.locations import locate, open_located
from jupyter_ml.services.named_data import locate_data
from jupyter_ml.storage.cache import DownloadCache
from jupyter_ml.storage.fingerprints import compare, fingerprint, remote_fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_ml.schemas.assets import AssetSource
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.named_data import NamedData
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.storage.azureml import AzureMLFileSystem

__all__ = ["DataService"]


class DataService(DataViewService):
    """The data assets of a workspace, and the content of any data file."""

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, DATA, context.store.data)

    def create(
        self, spec: Schema | Mapping[str, Any], *, source: AssetSource | None = None, root: Path | None = None
    ) -> Data:
        """Register files as a version of a data asset; they stay where they are.

        Parameters
        ----------
        spec
            The version; a relative path is relative to the working directory.
        source
            The job or notebook that creates it.
        root
            Root directory of the server, to which a path is relative then.

        Raises
        ------
        InvalidInputError
            If no file or directory is at the path, or it is not of the type.
        ConflictError
            If the version exists.
        """
        given = self._parse(spec)
        assert isinstance(given, DataCreate)
        if isinstance(parse_reference(given.path), LocalPath):
            given = given.model_copy(update={"path": str(resolve_path(root, given.path, "path"))})
        try:
            found, actual = self._survey(given)
        except (InvalidInputError, NotFoundError) as error:
            raise InvalidInputError(f"path: {error}", field="path") from None
        if given.type not in (None, actual):
            raise InvalidInputError(f"path: {given.path} is not a {given.type}; write type: {actual}", field="type")
        given = given.model_copy(update={"type": actual})
        return self._create(given, source, fingerprint=found.model_dump(mode="json"))

    def _survey(self, given: DataCreate) -> tuple[Fingerprint, DataType]:
        """Return what data is like now, and its type."""
        reference = parse_reference(given.path)
        if isinstance(reference, AssetRef):
            reference = parse_reference(self._named(reference).path)
        located = locate(self._context, reference)
        if located.path is not None:
            found = fingerprint(located.path)  # first: it reports a path without access
            folder = located.path.is_dir()
            has_table = given.type != "uri_folder" and _has_table(located.path)
        else:
            with closing(open_located(self._context, located.location)) as source:
                folder = given.type != "uri_file" if given.type else source.is_folder()
                files = source.files(folder=folder)
            found = remote_fingerprint(files)
            has_table = any(file.path == TABLE_FILE for file in files)
        if not folder:
            return found, "uri_file"
        return found, "mltable" if has_table and given.type != "uri_folder" else "uri_folder"

    def path(self, reference: str, root: Path | None = None) -> Path:
        """Return the file or directory that a reference names.

        Parameters
        ----------
        reference
            A data asset (``azureml:NAME:VERSION``, ``azureml:NAME@LABEL``, ``azureml://data/NAME/versions/VERSION``), a
            path in a datastore (``azureml://datastores/NAME/paths/PATH``), or a local path.
        root
            Root directory of the server, to which a path is relative then.

        Raises
        ------
        NotFoundError
            If there is no such asset or datastore.
        InvalidInputError
            If it is something else.
        """
        parsed = parse_reference(reference)
        if isinstance(parsed, AssetRef):
            return self._local(self._named(parsed).path)
        if root is not None and isinstance(parsed, LocalPath):
            return resolve_contents_path(root, reference, "path")
        return self._local(reference)

    def locate(self, reference: str, *, notebook: str | None = None) -> NamedData:
        """Return where data is that a program reads by its name, and record that in the lineage.

        Parameters
        ----------
        reference
            ``azureml:NAME:VERSION``, ``azureml:NAME@LABEL``, ``azureml://data/NAME/versions/VERSION`` or
            ``azureml://jobs/NAME/outputs/OUTPUT``.
        notebook
            The notebook that reads it; by default the job or notebook that this process belongs to, if there is one.

        Raises
        ------
        NotFoundError
            If there is no such data.
        InvalidInputError
            If it is in another workspace, or not data.
        """
        source = notebook_source(notebook) or current_source(self._context.layout.folder)
        return locate_data(self._context, reference, creator_of(source))

    def filesystem(self) -> AzureMLFileSystem:
        """Return fsspec's file system of ``azureml://data/NAME/versions/VERSION`` for this workspace.

        It also has the files of datastores. What is read is recorded in the lineage and, if it needs credentials, in an
        event.
        """
        from jupyter_ml.storage.azureml import AzureMLFileSystem

        connect = DatastoreService(self._context).issue_connection
        return AzureMLFileSystem(connect, self.locate, skip_instance_cache=True)

    def check(self, reference: str) -> DataCheck:
        """Return whether the files of a data asset are still those that were registered.

        Raises
        ------
        UnavailableError
            If they are on another machine, which cannot be reached.
        """
        asset = self.get(reference)
        before = asset.fingerprint
        trust = "server" if before.remote else "listing" if before.content is None else "content"
        described = {"name": asset.name, "version": asset.version, "trust": trust}
        located = locate(self._context, parse_reference(asset.path))
        try:
            if located.path is not None:
                _, detail = compare(located.path, before)
                return DataCheck(**described, state="changed" if detail else "unchanged", detail=detail)
            with closing(open_located(self._context, located.location)) as source:
                now = remote_fingerprint(source.files(folder=asset.type != "uri_file"))
        except NotFoundError as error:
            return DataCheck(**described, state="missing", detail=str(error))
        state, detail = comparison(before, now)
        return DataCheck(**described, state=state, detail=detail)

    def cache(self) -> DataCache:
        """Return the copies of data on other machines that jobs have read."""
        return _listed(self._cache.entries())

    def prune_cache(self) -> DataCache:
        """Remove the copies that no job uses, and return them."""
        return _listed(self._cache.prune())

    @property
    def _cache(self) -> DownloadCache:
        return DownloadCache(self._context.layout.data_cache, self._context.settings.data_cache.max_bytes)

    def _local(self, location: str) -> Path:
        located = locate(self._context, parse_reference(location))
        if located.path is None:
            raise InvalidInputError(f"{location} is not on this machine")
        return located.path


def _has_table(folder: Path) -> bool:
    """Return whether a directory has an MLTable file; InvalidInputError with its line and key if it is not valid."""
    file = folder / TABLE_FILE
    if not file.is_file():
        return False
    if file.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"{file} has more than {MAX_BYTES:,} bytes, which an MLTable file may have")
    try:
        read_mltable(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file} cannot be read: {reason(error)}") from None
    return True


def _listed(entries: list[CacheEntry]) -> DataCache:
    return DataCache(items=entries, bytes=sum(each.bytes for each in entries))
