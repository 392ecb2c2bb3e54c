"""Making a submitted notebook ready to run: cells numbered, tags obeyed, parameters put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.executor.notebooks import Notebook, language_of, tags_of
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.spool import INJECTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode
    from pydantic import JsonValue

__all__ = ["MESSAGE", "SKIP", "inject", "prepare", "runs"]

SKIP = "skip-in-job"
"""Tag of a cell that is for people only."""
ONLY = "only-in-job"
"""Tag of a raw cell that becomes code in a job; people do not run it by accident."""
MESSAGE = "jupyter-ml-message"
"""Tag of a cell that says how a run ended."""
PAPERMILL_MESSAGE = "papermill-error-cell-tag"


def runs(cell: dict[str, Any]) -> bool:
    """Tell whether a prepared cell is sent to the kernel."""
    return cell["cell_type"] == "code" and bool(cell["source"].strip()) and SKIP not in tags_of(cell)


def prepare(notebook: Notebook) -> None:
    """Make `notebook` ready in place: cells numbered, no old outputs and messages, ``only-in-job`` cells as code."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["jupyter_ml"] = {"cell": number}
        cell["metadata"].setdefault("tags", [])  # papermill takes them for granted
        if cell["cell_type"] == "raw" and ONLY in tags_of(cell):
            cell["cell_type"] = "code"
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    notebook["cells"] = [
        cell for cell in notebook["cells"] if not {MESSAGE, PAPERMILL_MESSAGE}.intersection(tags_of(cell))
    ]
    notebook["metadata"].pop("widgets", None)
    notebook["metadata"].pop("jupyter_ml", None)
    notebook["metadata"]["papermill"] = {"parameters": {}}


def inject(notebook: Notebook, parameters: Mapping[str, JsonValue], kernel_name: str) -> NotebookNode:
    """Return the prepared notebook, with a cell that sets `parameters` behind its parameters cell."""
    import nbformat

    nb: NotebookNode = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    if not parameters:
        return nb
    from papermill.parameterize import parameterize_notebook

    from jupyter_ml.executor.translate import register

    register()
    values = {name: decode(value) for name, value in parameters.items()}
    nb = parameterize_notebook(nb, values, kernel_name=kernel_name, language=language_of(notebook))
    for cell in nb.cells:
        cell.metadata.setdefault("jupyter_ml", {"cell": INJECTED})
    nb.metadata.papermill["parameters"] = dict(parameters)  # dates are no JSON
    return nb
