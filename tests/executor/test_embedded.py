# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A notebook that papermill has parameterized runs in this process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from jupyter_ml.executor.embedded import run_notebook
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.launch import AttemptFolder
from tests.notebooks.documents import code, document

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> AttemptFolder:
    return AttemptFolder(tmp_path)


def papermilled(*cells: str | dict[str, Any]) -> nbformat.NotebookNode:
    nb = nbformat.from_dict(document(*cells))
    nb.metadata["papermill"] = {"parameters": {"x": 5}, "input_path": "in.ipynb"}
    return nb


@pytest.mark.integration
def test_outputs_and_metadata_for_papermill(folder: AttemptFolder, tmp_path: Path) -> None:
    seen: list[Any] = []
    nb, ended = run_notebook(
        papermilled(code("x = 5", "injected-parameters"), "print(x)", "1 / 0", "2"),
        folder,
        kernel_name="python3",
        cwd=tmp_path,
        env=dict(os.environ),
        on_cell=lambda cell, state: seen.append((cell.source, state)),
        on_output=lambda output: seen.append(output.output_type),
    )
    assert (ended.state, ended.cause.cell) == ("Failed", 1)
    assert [cell.metadata.papermill.status for cell in nb.cells] == ["completed", "completed", "failed", "pending"]
    assert [cell.metadata.papermill.exception for cell in nb.cells] == [False, False, True, None]
    assert nb.cells[1].outputs[0].text == "5\n"
    assert (nb.metadata.papermill.input_path, nb.metadata.papermill.parameters) == ("in.ipynb", {"x": 5})
    assert [cell.metadata.jupyter_ml.cell for cell in nb.cells] == [-1, 0, 1, 2]
    assert "stream" in seen
    assert ("print(x)", "completed") in seen
    assert folder.output.exists()


def test_an_unknown_kernel(folder: AttemptFolder, tmp_path: Path) -> None:
    nb, ended = run_notebook(papermilled("1"), folder, kernel_name="nope", cwd=tmp_path, env=dict(os.environ))
    assert ended.cause.kind is CauseKind.STARTUP
    assert nb.cells[0].metadata.papermill.status == "pending"
