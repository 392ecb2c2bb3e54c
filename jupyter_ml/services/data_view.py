# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Look at data: rows, profiles and pictures of files, registered or not, wherever they are."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.dataview.cache import ProfileCache
from jupyter_ml.dataview.client import DataReader
from jupyter_ml.dataview.requests import Location, RowsRequest
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.schemas.data import DATA, Data
from jupyter_ml.schemas.data_view import MAX_ROWS, MAX_THUMBNAILS, RowFilter
from jupyter_ml.schemas.mltable import TABLE_FILE
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import AssetRef, DatastorePath, LocalPath, parse_reference
from jupyter_ml.schemas.url_locations import datastore_of
from jupyter_ml.schemas.validation import validated
from jupyter_ml.services.assets import AssetService
from jupyter_ml.services.contents_paths import resolve_path
from jupyter_ml.services.data_preview import DataPreview
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.services.locations import locate
from jupyter_ml.storage.fingerprints import text_key, version_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from threading import Event
    from typing import Any

    from jupyter_ml.schemas.data_view import DataProfile, DataRows, Thumbnails
    from jupyter_ml.schemas.references import Reference

    Filters = Sequence[RowFilter | Mapping[str, Any]]

__all__ = ["DataViewService"]


class DataViewService(AssetService[Data, AssetQuery]):
    """The content of data: csv, JSON lines, parquet, Arrow and text files, and directories of them and of images.

    Each method takes a ``reference`` and a ``root``. The reference is a data asset (``azureml:NAME:VERSION``,
    ``azureml:NAME@LABEL``, ``azureml://data/NAME/versions/VERSION``), a path in a datastore
    (``azureml://datastores/NAME/paths/PATH``), an output of a job, a URL, or a local path. ``root`` is the root
    directory of the server, to which a local path is relative then.
    """

    def preview(
        self, reference: str, *, offset: int = 0, limit: int = 20, filters: Filters = (), exact: bool = False
    ) -> DataPreview:
        """Return rows of data with a profile of its columns, which notebooks show as a table.

        Parameters
        ----------
        reference
            A data asset or a path.
        offset, limit, filters
            Which rows, as for `rows`.
        exact
            Whether the profile is of all rows, which takes longer; otherwise of the first ones.
        """
        rows = self.rows(reference, offset=offset, limit=limit, filters=filters)
        return DataPreview(rows, self.profile(reference, exact=exact))

    def rows(
        self,
        reference: str,
        *,
        offset: int = 0,
        limit: int = 100,
        filters: Filters = (),
        root: Path | None = None,
        wait: bool = True,
    ) -> DataRows:
        """Return a page of rows.

        Parameters
        ----------
        reference, root
            A data asset or a path, as above.
        offset, limit
            Number of the first row, and of rows, at most 1,000.
        filters
            Conditions, which the rows match all: ``{"column": "age", "lower": 20, "upper": 30}``,
            ``{"column": "sex", "value": "female"}``, ``{"column": "age", "is_empty": True}``.
        wait
            Whether to wait for rows that are far behind; otherwise the result may have ``progress`` instead of rows.

        Raises
        ------
        InvalidInputError
            If it cannot be read as a table; the message names what it is instead.
        UnavailableError
            If it cannot be read, or the extra ``data`` is not installed.
        """
        if not 0 <= offset < 2**62 or not 1 <= limit <= MAX_ROWS:
            raise InvalidInputError(f"offset: at least 0, and limit: from 1 to {MAX_ROWS:,}", field="limit")
        conditions = [each if isinstance(each, RowFilter) else validated(RowFilter, dict(each)) for each in filters]
        location = self._location(reference, root)
        request = RowsRequest(offset=offset, limit=limit, filters=tuple(conditions))
        found = self._reader.rows(location, request)
        while wait and found.progress is not None:
            found = self._reader.rows(location, request)
        return found

    def thumbnails(
        self, reference: str, *, offset: int = 0, limit: int = MAX_THUMBNAILS, root: Path | None = None
    ) -> Thumbnails:
        """Return thumbnails of some images of a directory, at most 24."""
        if offset < 0 or not 1 <= limit <= MAX_THUMBNAILS:
            raise InvalidInputError(f"offset: at least 0, and limit: from 1 to {MAX_THUMBNAILS}", field="limit")
        return self._reader.thumbnails(self._location(reference, root), offset, limit)

    def profiles(
        self, reference: str, *, exact: bool = True, root: Path | None = None, cancelled: Event | None = None
    ) -> Iterator[DataProfile]:
        """Yield profiles of the columns of data: an early one of the first rows, then exact ones.

        The last one is stored, and read again while the data does not change.

        Parameters
        ----------
        reference, root
            A data asset or a path, as above.
        exact
            Whether to read all rows; otherwise only the early one is computed.
        cancelled
            Ends the work with UnavailableError when it is set.
        """
        location, cache = self._location(reference, root), ProfileCache(self._context.layout.profiles)
        key = self._version_key(location)
        if key is not None and (known := cache.get(key)) is not None:
            yield known
            return
        for profile in self._reader.profiles(location, cancelled, exact=exact):
            yield profile
        if profile.complete and key is not None:
            cache.put(key, profile)

    def profile(
        self, reference: str, *, exact: bool = True, root: Path | None = None, cancelled: Event | None = None
    ) -> DataProfile:
        """Return the profile of the columns of data: of all rows if it is to be `exact`, else of the first ones."""
        *_, profile = self.profiles(reference, exact=exact, root=root, cancelled=cancelled)
        return profile

    def close(self) -> None:
        """End the processes that read files, if there are any."""
        if "_reader" in self.__dict__:
            self._reader.close()

    def _named(self, reference: AssetRef) -> Data:
        """Return the version that a reference of any form names, in this workspace.

        Raises
        ------
        NotFoundError
            If there is none.
        InvalidInputError
            If it is an asset of another kind, or of another workspace.
        """
        if reference.kind not in (None, DATA.plural):
            raise InvalidInputError(f"{str(reference)!r} is one of the {reference.kind}, not a data asset")
        return self.get(require_here(reference, self._context.settings.name).short)

    @cached_property
    def _reader(self) -> DataReader:
        return DataReader("jupyter_ml.services.data_worker", self._of_table)

    def _version_key(self, location: Location) -> str | None:
        """Return a name for data as it is now, without reading it; None if changes cannot be seen."""
        path = Path(location.url)
        try:
            is_folder = path.is_dir()
        except OSError:  # the reader reports it
            is_folder = False
        if not location.connections and path.name != TABLE_FILE and not is_folder:
            return version_key(path)
        version = self._reader.version(location)
        return None if version is None else text_key(f"{location.url}\n{version}")

    def _location(self, reference: str, root: Path | None) -> Location:
        """Return where data is, and where absolute paths of an MLTable file may be: below `root`, if there is one."""
        return self._place(reference, root).model_copy(update={"outside": str(root or "/")})

    def _place(self, reference: str, root: Path | None) -> Location:
        """Return where data is, with the connection of a datastore that is not on this machine."""
        parsed = parse_reference(reference)
        if isinstance(parsed, AssetRef):
            return self._place(self._named(parsed).path, None)
        if isinstance(parsed, DatastorePath):
            datastores = DatastoreService(self._context)
            path = datastores.resolve(parsed)
            if path is not None:
                return Location(url=str(path))
            url = str(DatastorePath(parsed.datastore, parsed.path))
            return Location(url=url, connections={parsed.datastore: datastores.connection(parsed.datastore).document()})
        if isinstance(parsed, LocalPath):
            return Location(url=str(resolve_path(root, parsed.path, "path")))
        return self._located(parsed)

    def _located(self, reference: Reference) -> Location:
        """Return where a URL or an output of a job is; a URL that is in no datastore is read anonymously."""
        located = locate(self._context, reference)
        if located.path is not None:
            return Location(url=str(located.path))
        parsed = parse_reference(located.location)
        if isinstance(parsed, DatastorePath):
            return self._place(located.location, None)
        name, connection, path = datastore_of(located.location)
        return Location(url=str(DatastorePath(name, path)), connections={name: connection.document()})

    def _of_table(self, reference: str) -> Location:
        """Return where a reference in an MLTable file leads, which is not a path of this machine."""
        return self._place(reference, None)
