# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files that stay open between requests, with the index of their lines and the queries that run."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.counts import can_be_indexed, estimated_rows
from jupyter_ml.dataview.files import find_files
from jupyter_ml.dataview.lines import LineIndex
from jupyter_ml.dataview.listings import Listing
from jupyter_ml.dataview.mltable_files import Elsewhere, find_table
from jupyter_ml.dataview.mltables import open_mltable
from jupyter_ml.dataview.opening import open_files
from jupyter_ml.dataview.profiles import profile
from jupyter_ml.dataview.rows import Page, read_rows
from jupyter_ml.dataview.tables import Table
from jupyter_ml.dataview.tasks import Tasks
from jupyter_ml.dataview.texts import Text
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataProfile, DataRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ml.dataview.files import Files
    from jupyter_ml.dataview.requests import Location, RowsRequest
    from jupyter_ml.schemas.data_view import ColumnProfile, Thumbnails

    Connect = Callable[[dict[str, Any]], Any]

__all__ = ["OpenFile", "OpenFiles", "PlacesNeededError"]

OPEN_FILES = 4
REMOTE = "azureml://"
"""What the URLs of datastores begin with."""
WAIT_S = 0.5
"""How long a request waits for its rows before it is answered with its progress."""
FOUND_S = 5.0
"""How long files in a directory or elsewhere are not looked for again."""


class OpenFile:
    """What a request names, open: a table, a text, or the list of a directory."""

    def __init__(self, found: Files, temporary: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(dir=temporary))
        self.version = found.version
        opener = open_files if found.table is None else open_mltable
        self._content = opener(found, self._folder)
        self._index = _index_of(self._content)
        if self._index is not None and self._index.is_local:
            self._index.start()  # while the first page is read and shown
        self._tasks = Tasks(self._content) if isinstance(self._content, Table) else None

    def rows(self, request: RowsRequest) -> DataRows:
        """Return a page, or how far the search for it is."""
        if self._tasks is None:
            return self._lines(request)
        page = Page(request.offset, request.limit, request.filters)
        table = self._content
        assert isinstance(table, Table)
        # the first page does not wait for the index, and does not download all of a file
        index = self._index if page.offset or table.detected.whole or self._is_indexed else None
        if index is not None:
            index.start()

        def read(own: Table) -> DataRows:
            with tempfile.TemporaryDirectory(dir=self._folder) as folder:
                return read_rows(own, page, index, Path(folder))

        found = self._tasks.result(page, read, WAIT_S)
        if found is not None:
            return found
        progress = self._tasks.progress(page) if index is None or not index.usable else self._indexed_part
        return self._unfinished(request.offset, progress, estimated_rows(table))

    def profiles(self) -> Iterator[DataProfile]:
        """Yield profiles, each more exact than the one before."""
        start = time.monotonic()
        if isinstance(self._content, Table):
            for found in profile(self._content):
                yield self._profile(found.rows, found.columns, start, complete=found.complete)
        elif isinstance(self._content, Listing):
            yield self._profile(len(self._content.files), self._content.profile(), start, complete=True)
        else:
            yield self._profile(None, self._content.profile(None), start, complete=False)
            lines = self._all_lines()
            yield self._profile(lines, self._content.profile(lines), start, complete=True)

    def thumbnails(self, offset: int, limit: int) -> Thumbnails:
        """Return thumbnails of some images of a directory."""
        if not isinstance(self._content, Listing):
            raise InvalidInputError(f"{self._content.name} is not a directory of images")
        return self._content.thumbnails(offset, limit)

    def close(self) -> None:
        """Close the file, and remove what was written for it."""
        if self._index is not None:
            self._index.close()
        if self._tasks is not None:
            self._tasks.close()
        if isinstance(self._content, Table):
            self._content.connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _is_indexed(self) -> bool:
        return self._index is not None and self._index.total is not None

    @property
    def _indexed_part(self) -> float:
        assert self._index is not None
        return min(1.0, self._index.position / max(1, self._content.format.bytes))

    def _lines(self, request: RowsRequest) -> DataRows:
        """Return lines of a text, or files of a directory."""
        if request.filters:
            raise InvalidInputError(f"filters: {self._content.name} is not a table", field="filters")
        offset, limit = request.offset, request.limit
        if isinstance(self._content, Listing):
            return self._page(offset, self._content.rows(offset, limit), total=len(self._content.files))
        assert isinstance(self._content, Text)
        index = self._index
        if index is not None:
            index.start()
        if index is not None and not index.wait(offset + limit, WAIT_S):
            if not index.usable:
                raise InvalidInputError(f"{self._content.name} cannot be read to its end")
            return self._unfinished(offset, self._indexed_part, None)
        rows, head = self._content.rows(offset, limit, index), self._content.head()
        if index is not None:
            estimated = None if index.total is not None else self._content.estimated_lines()
            return self._page(offset, rows, total=index.total, estimated_total=estimated)
        total = len(head) if self._content.detected.whole else None
        return self._page(offset, rows, total=total, last=None if total is not None else len(head))

    def _unfinished(self, offset: int, progress: float, estimated: int | None) -> DataRows:
        return self._page(offset, [], estimated_total=estimated, progress=progress)

    def _page(self, offset: int, rows: list[Any], **fields: Any) -> DataRows:
        found = self._content
        return DataRows(
            path=found.name, format=found.format, columns=list(found.columns), offset=offset, rows=rows, **fields
        )

    def _all_lines(self) -> int | None:
        assert isinstance(self._content, Text)
        if self._index is None:
            return len(self._content.head()) if self._content.detected.whole else None
        self._index.start()
        self._index.wait(2**62)
        return self._index.total

    def _profile(self, rows: int | None, columns: list[ColumnProfile], start: float, *, complete: bool) -> DataProfile:
        return DataProfile(
            path=self._content.name,
            format=self._content.format,
            rows=rows,
            columns=columns,
            complete=complete,
            elapsed_s=time.monotonic() - start,
        )


class PlacesNeededError(Exception):
    """A request cannot be answered without knowing where some references lead."""

    def __init__(self, references: list[str]) -> None:
        super().__init__(f"{len(references)} references")
        self.references = references


class OpenFiles:
    """The files that are open, by what they are now.

    Parameters
    ----------
    temporary
        Directory for what they need.
    connect
        Returns the file system of datastores, given their connections by name.
    """

    def __init__(self, temporary: Path, connect: Connect) -> None:
        self._temporary, self._connect = temporary, connect
        self._filesystems: dict[str, Any] = {}
        self._found: dict[tuple[str, str | None], tuple[float, Files]] = {}
        self._open: dict[tuple[str, str | None], OpenFile] = {}

    def get(self, location: Location) -> OpenFile:
        """Return what is at a location, opened again if it has changed."""
        found = self._find(location)
        key = location.url, found.version
        opened = self._open.pop(key, None) or OpenFile(found, self._temporary)
        self._open[key] = opened
        while len(self._open) > OPEN_FILES:
            self._open.pop(next(iter(self._open))).close()
        return opened

    def version(self, location: Location) -> str | None:
        """Return a text that changes with what is at a location; None if changes cannot be seen."""
        return self._find(location).version

    def _find(self, location: Location) -> Files:
        key = location.url, location.outside
        at, found = self._found.get(key, (0.0, None))
        if found is not None and time.monotonic() - at < FOUND_S:
            return found
        filesystem = self._filesystem(location) if location.url.startswith(REMOTE) else None
        outside = None if location.outside is None else Path(location.outside)

        def reach(references: list[str]) -> dict[str, Elsewhere]:
            return self._reach(location, references)

        found = find_table(location.url, filesystem, outside, reach) or find_files(location.url, filesystem)
        if found.is_directory or filesystem is not None:
            self._found[key] = time.monotonic(), found
        return found

    def _filesystem(self, location: Location) -> Any:
        key = location.model_dump_json(include={"connections"})
        if key not in self._filesystems:
            self._filesystems = {key: self._connect(location.connections)}
        return self._filesystems[key]

    def _reach(self, location: Location, references: list[str]) -> dict[str, Elsewhere]:
        """Return where references lead; PlacesNeededError if that is not known of some."""
        if missing := [each for each in references if each not in location.elsewhere]:
            raise PlacesNeededError(missing)
        found = {}
        for reference in references:
            place = location.elsewhere[reference]
            if place.error is not None:
                found[reference] = Elsewhere(error=place.error)
            else:
                is_remote = place.url.startswith(REMOTE)
                found[reference] = Elsewhere(place.url, self._filesystem(location) if is_remote else None)
        return found


def _index_of(content: Table | Text | Listing) -> LineIndex | None:
    if isinstance(content, Text):
        is_plain = content.detected.compression is None
        return LineIndex(content.file, quoted=False, blank=True) if is_plain else None
    if not isinstance(content, Table) or not can_be_indexed(content):
        return None
    return LineIndex(content.file, quoted=content.dialect.get("quote") == '"')
