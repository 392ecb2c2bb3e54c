# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Name a cell of a notebook, the same way in every client and message."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CellPlace"]


@dataclass(frozen=True)
class CellPlace:
    """Where a cell is: its text is its prompt number as in JupyterLab, with its position where that differs.

    Attributes
    ----------
    prompt
        Its execution count; None before it runs.
    position
        Its position among the notebook's own cells that run, from 1; 0 for the cell with the given parameters.
    total
        How many of these cells there are.
    """

    prompt: int | None
    position: int
    total: int

    def __str__(self) -> str:
        if not self.position:
            return "the cell with the given parameters"
        if self.prompt is None or self.prompt == self.position:
            return f"cell {self.position} of {self.total}"
        return f"cell [{self.prompt}] ({self.position} of {self.total})"
