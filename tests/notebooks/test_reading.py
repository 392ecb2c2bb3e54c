# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notebook files are read, upgraded, or refused with a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.notebooks.kernels import kernel_name_of
from jupyter_ml.notebooks.parameters import read_defaults
from jupyter_ml.notebooks.reading import read_notebook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not a notebook"),
        ("{}", "not a notebook"),
        ('{"nbformat": 3, "worksheets": []}', "notebook format 3"),
        ('{"nbformat": 4}', "no list of cells"),
        ('{"nbformat": 4, "cells": [1]}', "cell 0"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}', "cell 0"),
        ("[" * 100_000, "not a notebook"),
    ],
)
def test_invalid_notebooks_are_refused(tmp_path, content: str, message: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(content)
    with pytest.raises(InvalidInputError, match=message):
        read_notebook(path)


def test_lists_of_source_lines_are_joined(tmp_path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a\n", "b"]}]}))
    read = read_notebook(path)
    assert read["cells"][0]["source"] == "a\nb"
    assert kernel_name_of(read) == "python3"


@pytest.mark.parametrize("major", [2, 3])
def test_older_formats_are_upgraded(tmp_path: Path, major: int) -> None:
    cell = {"cell_type": "code", "language": "python", "outputs": [], "collapsed": False, "metadata": {}}
    cells = [cell | {"input": "limit = 5", "metadata": {"tags": ["parameters"]}}, cell | {"input": "print(limit)"}]
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({"nbformat": major, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}))
    before = path.read_bytes()
    notebook = read_notebook(path)
    nbformat.validate(notebook)
    assert (notebook["nbformat"], [cell["source"] for cell in notebook["cells"]]) == (4, ["limit = 5", "print(limit)"])
    assert read_defaults(notebook) == {"limit": 5}
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "old", [{"nbformat": 3, "worksheets": 5}, {"nbformat": 5}, {"nbformat": "x"}, {"nbformat": [3]}]
)
def test_unknown_formats_are_refused(tmp_path: Path, old: dict[str, Any]) -> None:
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(old))
    with pytest.raises(InvalidInputError, match="format"):
        read_notebook(path)
