# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A directory of images, or of files that are not one table, as the list of its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jupyter_ml.dataview.images import thumbnail
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import Basis, ColumnProfile, DataColumn, DataFormat, Thumbnails

if TYPE_CHECKING:
    from jupyter_ml.dataview.files import DataFile
    from jupyter_ml.schemas.data_view import Cell

__all__ = ["Listing"]


@dataclass(frozen=True)
class Listing:
    """The files of a directory."""

    name: str
    files: tuple[DataFile, ...]
    kind: Literal["files", "images"]

    @property
    def columns(self) -> tuple[DataColumn, ...]:
        """What is shown of each file."""
        return (DataColumn(name="file", type="VARCHAR"), DataColumn(name="bytes", type="BIGINT"))

    @property
    def format(self) -> DataFormat:
        """What it is, for clients."""
        note = "The files are not one table: open one of them." if self.kind == "files" else None
        size = sum(file.size for file in self.files)
        return DataFormat(format=self.kind, bytes=size, files=len(self.files), notes=[note] if note else [])

    def rows(self, offset: int, limit: int) -> list[list[Cell]]:
        """Return some of the files."""
        return [[file.name, file.size] for file in self.files[offset : offset + limit]]

    def profile(self) -> list[ColumnProfile]:
        """Return the profile of the columns, which has no statistics."""
        basis = Basis(how="all", rows=len(self.files), of_rows=len(self.files))
        return [ColumnProfile(name=column.name, type=column.type, basis=basis) for column in self.columns]

    def thumbnails(self, offset: int, limit: int) -> Thumbnails:
        """Return thumbnails of some of the images."""
        if self.kind != "images":
            raise InvalidInputError(f"{self.name} is not a directory of images")
        files = self.files[offset : offset + limit]
        return Thumbnails(path=self.name, total=len(self.files), items=[thumbnail(file) for file in files])
