# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Sequences that are displayed as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from jupyter_ml.schemas.escaping import visible

if TYPE_CHECKING:
    from jupyter_ml.schemas.kinds import Column

__all__ = ["Table"]

T = TypeVar("T")


class Table(Sequence[T], Generic[T]):
    """A sequence that is displayed as a table.

    Attributes
    ----------
    columns : sequence of Column
        Columns of the table.
    empty : str
        Text of an empty table.
    """

    empty = "Empty."

    def __init__(self, columns: Sequence[Column[Any]], items: Sequence[T] = ()) -> None:
        self.columns = columns
        self._items = items

    def rows(self) -> list[list[str]]:
        """Return the cells of the table, row by row."""
        return [[column.cell(resource) for column in self.columns] for resource in self._resources]

    @property
    def _resources(self) -> Sequence[Any]:
        """Resources whose values are displayed; by default the items."""
        return self._items

    @property
    def job_names(self) -> list[str]:
        """Names of the jobs, row by row; empty if the rows are not jobs."""
        return []

    @property
    def more(self) -> str:
        """Note on rows that are not displayed."""
        return ""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        if not self._items:
            return self.empty
        lines = [[column.title for column in self.columns], *self.rows()]
        lines = [[visible(cell) for cell in line] for line in lines]
        columns = [
            _aligned(cells, right=column.align == "right")
            for column, cells in zip(self.columns, zip(*lines, strict=True), strict=True)
        ]
        return "\n".join([*("  ".join(line).rstrip() for line in zip(*columns, strict=True)), self.more]).rstrip()


def _aligned(column: Sequence[str], *, right: bool) -> list[str]:
    width = max(map(len, column))
    return [cell.rjust(width) if right else cell.ljust(width) for cell in column]
