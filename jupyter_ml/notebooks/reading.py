# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read notebook files without nbformat, which takes a second to import."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_parts import shown
from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Notebook", "read_notebook", "tags_of"]

Notebook = dict[str, Any]


def read_notebook(path: Path, *, follow: bool = True) -> Notebook:
    """Return the notebook in a file, upgraded to nbformat 4, with every source as one string.

    Parameters
    ----------
    path
        Path of the file.
    follow
        Whether the path may be a symbolic link.

    Raises
    ------
    InvalidInputError
        If the file cannot be read, is not a notebook, or has a newer format.
    """
    try:
        with open_regular(path, follow=follow) as file:
            notebook: Notebook = json.loads(file.read().decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InvalidInputError(f"{path} cannot be read: {why}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{path} is not a notebook: it is not JSON ({error})") from error
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise InvalidInputError(f"{path} is not a notebook: it has no 'nbformat'")
    if notebook["nbformat"] != 4:
        notebook = _upgraded(notebook, path)
    if not isinstance(notebook.setdefault("metadata", {}), dict):
        raise InvalidInputError(f"{path} is not a notebook: its 'metadata' is not an object")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise InvalidInputError(f"{path} is not a notebook: it has no list of cells")
    for number, cell in enumerate(cells):
        _check_cell(cell, f"{path}, cell {number}")
    return notebook


def _upgraded(notebook: Notebook, path: Path) -> Notebook:
    """Return a notebook of an older format, upgraded to format 4."""
    if notebook["nbformat"] not in (1, 2, 3):
        raise InvalidInputError(
            f"{path} has notebook format {shown(notebook['nbformat'])}, and only formats up to 4 can be run: "
            "save it in that format, or update Jupyter ML"
        )
    import nbformat

    try:
        old = nbformat.reader.reads(json.dumps(notebook))  # type: ignore[no-untyped-call]
        new: Notebook = json.loads(json.dumps(nbformat.convert(old, 4)))  # type: ignore[no-untyped-call]
    except Exception as error:  # nbformat raises any error for an invalid notebook
        raise InvalidInputError(
            f"{path} has notebook format {notebook['nbformat']} and cannot be upgraded ({error}): "
            "open and save it in JupyterLab"
        ) from error
    else:
        return new


def _check_cell(cell: Any, where: str) -> None:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise InvalidInputError(f"{where}: not a code, markdown or raw cell")
    source = cell.setdefault("source", "")
    if isinstance(source, list):
        cell["source"] = source = "".join(map(str, source))
    if not isinstance(source, str) or not isinstance(cell.setdefault("metadata", {}), dict):
        raise InvalidInputError(f"{where}: its source is not text, or its metadata not an object")
    if not isinstance(cell["metadata"].get("tags", []), list):
        raise InvalidInputError(f"{where}: its tags are not a list")


def tags_of(cell: dict[str, Any]) -> list[str]:
    """Return the tags of a cell."""
    return list(cell["metadata"].get("tags", []))
