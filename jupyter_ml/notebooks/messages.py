# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Add cells to the executed notebook that explain why its run did not complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.notebooks.prepare import MESSAGE
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.escaping import markdown
from jupyter_ml.schemas.event_log import CellState

if TYPE_CHECKING:
    from jupyter_ml.notebooks.reading import Notebook

__all__ = ["add_messages"]

LONGEST_VALUE = 300
HEADING = "The run stopped here"
"""Jupyter creates an anchor for each heading, and removes all other anchors."""


def add_messages(notebook: Notebook, cause: Cause) -> None:
    """Add a cell with the cause at the top, and a heading before the cell where the run stopped."""
    cells = notebook["cells"]
    stopped = (CellState.FAILED, CellState.CANCELED)
    position = next((index for index, cell in enumerate(cells) if _state(cell) in stopped), None)
    never = sum(_state(cell) == CellState.NOT_RUN for cell in cells)
    title = "The run was canceled" if cause.kind is CauseKind.CANCELED else "This notebook did not run to its end"
    parts = [f"**{title}.** {markdown(cause.message)}"]
    if cause.value and (value := markdown(cause.value.strip()[:LONGEST_VALUE].partition("\n")[0])):
        parts.append(f"<code>{value}</code>")
    if cause.hint:
        parts.append(markdown(cause.hint))
    if position is not None:
        parts.append(f"[Go to the cell](#{HEADING.replace(' ', '-')}).")
    if never:
        parts.append("The last cell never ran." if never == 1 else f"The last {never} cells never ran.")
    if position is not None:
        cells.insert(position, _message(f"### {HEADING}", "jupyter-ml-stopped", notebook))
    cells.insert(0, _message("\n\n".join(parts), "jupyter-ml-message", notebook))


def _state(cell: dict[str, Any]) -> str | None:
    state: str | None = cell["metadata"].get("jupyter_ml", {}).get("state")
    return state


def _message(source: str, identity: str, notebook: Notebook) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": "markdown", "metadata": {"tags": [MESSAGE]}, "source": source}
    return cell | ({"id": identity} if notebook.get("nbformat_minor", 0) >= 5 else {})
