# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Prepare a submitted notebook for its run: number cells, apply tags, inject parameters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.notebooks.kernels import translator_of
from jupyter_ml.notebooks.reading import Notebook, tags_of
from jupyter_ml.schemas.event_log import INJECTED
from jupyter_ml.schemas.launch import write_file
from jupyter_ml.schemas.parameters import decode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from nbformat import NotebookNode
    from pydantic import JsonValue

    from jupyter_ml.redaction.redactor import Redactor
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["MESSAGE", "PARAMETERS", "inject", "prepare", "runs", "skipped", "write_input"]

PARAMETERS = "parameters"
"""Tag of the cell that sets the defaults of the parameters."""
SKIP = ("skip-in-job", "skip-execution")
"""Tags of a cell that does not run in a job; the second is nbclient's."""
ONLY = "only-in-job"
"""Tag of a raw cell that becomes a code cell in a job, and does not run in JupyterLab."""
MESSAGE = "jupyter-ml-message"
"""Tag of an added cell that explains how a run ended."""
UNSELECTED = "unselected"
"""Key in the metadata of a prepared cell that does not run because others were selected."""
PAPERMILL_INJECTED = "injected-parameters"
PAPERMILL_MESSAGE = "papermill-error-cell-tag"


def runs(cell: dict[str, Any]) -> bool:
    """Return whether a prepared cell is sent to the kernel."""
    return cell["cell_type"] == "code" and bool(cell["source"].strip()) and not skipped(cell)


def skipped(cell: dict[str, Any]) -> bool:
    """Return whether a cell is tagged not to run in a job, or is not among the selected ones."""
    ours = cell["metadata"].get("jupyter_ml")
    unselected = isinstance(ours, dict) and ours.get(UNSELECTED) is True
    return unselected or not set(SKIP).isdisjoint(tags_of(cell))


def prepare(notebook: Notebook, *, parameterized: bool = False, cells: Collection[str] | None = None) -> None:
    """Prepare a notebook in place: number its cells, remove old outputs and messages, enable ``only-in-job`` cells.

    Parameters
    ----------
    notebook
        As from `read_notebook`.
    parameterized
        Whether papermill has already injected a cell with parameters.
    cells
        IDs of the code cells that run, besides the parameters cell; None for all.
    """
    number = 0
    for cell in notebook["cells"]:
        injected = parameterized and PAPERMILL_INJECTED in tags_of(cell)
        cell["metadata"]["jupyter_ml"] = {"cell": INJECTED if injected else number}
        number += not injected
        cell["metadata"].setdefault("tags", [])  # papermill expects them
        if cell["cell_type"] == "raw" and ONLY in tags_of(cell):
            cell["cell_type"] = "code"
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
            if cells is not None and cell.get("id") not in cells and PARAMETERS not in tags_of(cell):
                cell["metadata"]["jupyter_ml"][UNSELECTED] = True
    notebook["cells"] = [
        cell for cell in notebook["cells"] if not {MESSAGE, PAPERMILL_MESSAGE}.intersection(tags_of(cell))
    ]
    notebook["metadata"].pop("widgets", None)
    notebook["metadata"].pop("jupyter_ml", None)
    if not parameterized:
        notebook["metadata"]["papermill"] = {"parameters": {}}


def inject(
    notebook: Notebook, parameters: Mapping[str, JsonValue], kernel_name: str, language: str = "python"
) -> NotebookNode:
    """Return the prepared notebook with a cell that sets `parameters` after its parameters cell.

    Parameters
    ----------
    notebook
        Prepared by `prepare`.
    parameters
        Encoded values by name.
    kernel_name, language
        Of the kernel; the notebook's metadata may be missing or describe another one.
    """
    import nbformat

    nb: NotebookNode = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    if not parameters:
        return nb
    from papermill.exceptions import PapermillException
    from papermill.parameterize import parameterize_notebook

    from jupyter_ml.notebooks.translation import register

    register()
    values = {name: decode(value) for name, value in parameters.items()}
    try:
        nb = parameterize_notebook(nb, values, kernel_name=kernel_name, language=translator_of(language))
    except PapermillException as error:
        raise InvalidInputError(f"papermill cannot write parameters for this notebook: {error}") from error
    for cell in nb.cells:
        cell.metadata.setdefault("jupyter_ml", {"cell": INJECTED})
    nb.metadata.papermill["parameters"] = dict(parameters)  # dates are not JSON
    return nb


def write_input(folder: AttemptFolder, notebook: Notebook, redactor: Redactor) -> None:
    """Write the prepared notebook, with secrets masked, from which the executed one is assembled."""
    write_file(folder.input, json.dumps(redactor.value(notebook), ensure_ascii=False), errors="replace")
