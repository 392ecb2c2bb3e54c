# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data assets: register files where they are, check them, and read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.schemas.data import DATA, Data, DataCreate
from jupyter_ml.schemas.fingerprints import DataCheck
from jupyter_ml.schemas.references import AssetRef, DatastorePath, LocalPath, parse_reference
from jupyter_ml.services.contents_paths import resolve_contents_path
from jupyter_ml.services.data_view import DataViewService
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.storage.fingerprints import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.assets import AssetSource
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.services.context import WorkspaceContext

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
            path = resolve_contents_path(root, given.path, "path") if root else Path(given.path).expanduser().absolute()
            given = given.model_copy(update={"path": str(path)})
        try:
            local = self._local(given.path)
            found = fingerprint(local)
        except (InvalidInputError, NotFoundError) as error:
            raise InvalidInputError(f"path: {error}", field="path") from None
        actual = "uri_folder" if local.is_dir() else "uri_file"
        if given.type not in (None, actual):
            raise InvalidInputError(f"path: {given.path} is not a {given.type}; write type: {actual}", field="type")
        given = given.model_copy(update={"type": actual})
        return self._create(given, source, fingerprint=found.model_dump(mode="json"))

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
            if parsed.kind not in (None, DATA.plural):
                raise InvalidInputError(f"{reference!r} is one of the {parsed.kind}, not a data asset")
            return self._local(self.get(parsed.short).path)
        if root is not None and isinstance(parsed, LocalPath):
            return resolve_contents_path(root, reference, "path")
        return self._local(reference)

    def check(self, reference: str) -> DataCheck:
        """Return whether the files of a data asset are still those that were registered."""
        asset = self.get(reference)
        before, path = asset.fingerprint, self._local(asset.path)
        trust = "listing" if before.content is None else "content"
        described = {"name": asset.name, "version": asset.version, "trust": trust}
        try:
            now = fingerprint(path, content=False)
            if now.listing != before.listing and before.content is not None and now.bytes == before.bytes:
                now = fingerprint(path)  # only its time may differ
        except NotFoundError:
            return DataCheck(**described, state="missing", detail=f"not found: {path}")
        if now.listing == before.listing or (before.content is not None and now.content == before.content):
            return DataCheck(**described, state="unchanged", detail="")
        numbers = (("files", before.files, now.files), ("bytes", before.bytes, now.bytes))
        changes = [f"{new:,} {what} instead of {old:,}" for what, old, new in numbers if old != new]
        return DataCheck(**described, state="changed", detail=", ".join(changes) or f"other {trust}")

    def _local(self, location: str) -> Path:
        parsed = parse_reference(location)
        if isinstance(parsed, DatastorePath):
            path = DatastoreService(self._context).resolve(parsed)
            if path is None:
                raise InvalidInputError(f"{location} is not on this machine, and such data is not supported yet")
            return path
        if isinstance(parsed, LocalPath):
            return Path(parsed.path).expanduser().absolute()
        raise InvalidInputError(f"{location} is neither a local path nor in a datastore: register a datastore for it")
