# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notebooks are prepared for their runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ml.notebooks.prepare import inject, prepare, write_input
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.launch import AttemptFolder
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


def test_a_kill_leaves_no_half_of_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = AttemptFolder(tmp_path)
    write_input(folder, document("1"), Redactor())
    before = folder.input.read_bytes()

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(SystemExit):
        write_input(folder, document("2"), Redactor())
    assert folder.input.read_bytes() == before
    assert folder.input.stat().st_mode & 0o777 == 0o600
