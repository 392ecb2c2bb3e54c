# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the cells of a notebook from which a form lets the user select."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from jupyter_ml.notebooks.prepare import PARAMETERS, prepare, runs
from jupyter_ml.notebooks.python_source import is_python, without_magics
from jupyter_ml.notebooks.reading import tags_of
from jupyter_ml.schemas.forms import FormCell

if TYPE_CHECKING:
    from jupyter_ml.notebooks.reading import Notebook

__all__ = ["form_cells"]

LONGEST_LINE = 200


def form_cells(notebook: Notebook) -> list[FormCell]:
    """Return the cells of a notebook that run in a job; the notebook is prepared for one."""
    prepare(notebook)
    python = is_python(notebook)
    return [_form_cell(cell, python=python) for cell in notebook["cells"] if runs(cell)]


def _form_cell(cell: dict[str, Any], *, python: bool) -> FormCell:
    source, name = cell["source"], cell.get("id")
    return FormCell(
        id=name if isinstance(name, str) else None,
        source=source.strip().partition("\n")[0][:LONGEST_LINE],
        parameters=PARAMETERS in tags_of(cell),
        imports=python and _only_imports(source),
    )


def _only_imports(source: str) -> bool:
    """Return whether a cell consists of imports, besides magics and shell lines."""
    try:
        body = ast.parse(without_magics(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(body) and all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body)
