# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notebooks are prepared for their runs."""

from __future__ import annotations

import pytest

from jupyter_ml.notebooks.prepare import inject, prepare
from tests.notebooks.documents import document


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("R", "x = TRUE"),
        ("r", "x = TRUE"),
        ("julia", "x = true"),
        ("scala", "val x = true"),
        ("matlab", "x = true;"),
        ("bash", "x=true"),
        ("C#", "var x = true;"),
        ("F#", "let x = true"),
        ("PowerShell", "$x = $True"),
        ("python", "x = True"),
        ("ipython", "x = True"),
    ],
)
def test_parameters_are_written_in_the_language_of_the_kernel(language: str, written: str) -> None:
    notebook = document("1")
    prepare(notebook)
    nb = inject(notebook, {"x": True}, "any", language)
    assert written in nb.cells[0].source.splitlines()
