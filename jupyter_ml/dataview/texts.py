# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A text file as a table of its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ml.dataview.cells import cell
from jupyter_ml.schemas.data_view import Basis, ColumnProfile, DataColumn, DataFormat

if TYPE_CHECKING:
    from jupyter_ml.dataview.detection import Detected
    from jupyter_ml.dataview.files import DataFile
    from jupyter_ml.dataview.lines import LineIndex
    from jupyter_ml.schemas.data_view import Cell

__all__ = ["LINE", "Text"]

LINE = DataColumn(name="line", type="VARCHAR")


@dataclass(frozen=True)
class Text:
    """A text file.

    Attributes
    ----------
    detected
        What it is.
    file
        That file, or a copy in UTF-8.
    notes
        What a reader should know.
    """

    detected: Detected
    file: DataFile
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As users know it."""
        return self.detected.name

    @property
    def columns(self) -> tuple[DataColumn, ...]:
        """The only column."""
        return (LINE,)

    @property
    def format(self) -> DataFormat:
        """How it is read, for clients."""
        found = self.detected
        return DataFormat(
            format="text",
            compression=found.compression,
            encoding=found.encoding,
            bytes=found.file.size,
            notes=list(self.notes),
        )

    def head(self) -> list[bytes]:
        """Return the complete lines at the beginning."""
        lines = self.detected.head.splitlines()
        return lines if self.detected.whole else lines[:-1]

    def estimated_lines(self) -> int:
        """Return the number of lines by the mean size of the first ones."""
        found = self.detected
        return max(1, round(self.file.size * found.head.count(b"\n") / len(found.head)))

    def rows(self, offset: int, limit: int, index: LineIndex | None) -> list[list[Cell]]:
        """Return lines; without an index those of the beginning."""
        lines = self.head()[offset : offset + limit] if index is None else index.read(offset, limit).splitlines()
        return [[cell(line.decode("utf-8", "replace"))] for line in lines]

    def profile(self, lines: int | None) -> list[ColumnProfile]:
        """Return the profile of the column, which has no statistics."""
        read = lines if lines is not None else len(self.head())
        basis = Basis(how="sample" if lines is None else "all", rows=read, of_rows=lines)
        return [ColumnProfile(name=LINE.name, type=LINE.type, basis=basis)]
