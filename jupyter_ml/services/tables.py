# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Sequences that print as tables."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar, overload

from jupyter_ml.schemas.escaping import visible

__all__ = ["Table"]

T = TypeVar("T")


class Table(Sequence[T], Generic[T]):
    """A sequence that prints as a table.

    Attributes
    ----------
    headings : list of str
        Headings of the columns; one that ends in ``>`` is aligned to the right.
    empty : str
        Text of an empty table.
    """

    headings: list[str] = []  # noqa: RUF012 -- each subclass has its own
    empty = "Empty."

    def __init__(self, items: Sequence[T]) -> None:
        self._items = items

    @abstractmethod
    def rows(self) -> list[list[str]]:
        """Return the cells of the table, row by row."""

    @property
    def job_names(self) -> list[str]:
        """Names of the jobs, row by row; empty if the rows are not jobs."""
        return []

    @property
    def more(self) -> str:
        """Note about what the table does not show."""
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
        lines = [[heading.rstrip(">") for heading in self.headings], *self.rows()]
        lines = [[visible(cell) for cell in line] for line in lines]
        columns = [
            _aligned(column, right=heading.endswith(">"))
            for heading, column in zip(self.headings, zip(*lines, strict=True), strict=True)
        ]
        return "\n".join([*("  ".join(line).rstrip() for line in zip(*columns, strict=True)), self.more]).rstrip()


def _aligned(column: Sequence[str], *, right: bool) -> list[str]:
    width = max(map(len, column))
    return [cell.rjust(width) if right else cell.ljust(width) for cell in column]
