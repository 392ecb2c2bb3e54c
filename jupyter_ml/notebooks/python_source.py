# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the source of cells in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.notebooks.kernels import language_of

if TYPE_CHECKING:
    from jupyter_ml.notebooks.reading import Notebook

__all__ = ["is_python", "without_magics"]


def is_python(notebook: Notebook) -> bool:
    """Return whether the cells of a notebook are in Python."""
    return language_of(notebook) in ("python", "ipython", "python3")


def without_magics(source: str) -> str:
    """Return a cell with empty lines instead of IPython's magics and shell lines, which are not Python."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
