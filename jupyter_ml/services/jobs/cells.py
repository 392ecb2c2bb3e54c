# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Submit a cell of code as a notebook of its own."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["cell_notebook", "temporary_notebook"]


def cell_notebook(source: str, parameters: Iterable[str]) -> dict[str, Any]:
    """Return a notebook of one cell, after a cell that declares `parameters` if there are any.

    The values of a job are injected between the two.
    """
    declared = "\n".join(f"{name} = None" for name in parameters)
    cells = [_cell("parameters", declared, ["parameters"])] if declared else []
    return {
        "cells": [*cells, _cell("cell", source.removesuffix("\n"), [])],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(name: str, source: str, tags: list[str]) -> dict[str, Any]:
    return {
        "id": name,
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": tags},
        "outputs": [],
        "source": source,
    }


@contextmanager
def temporary_notebook(notebook: dict[str, Any]) -> Iterator[Path]:
    """Yield a file with the notebook, outside of the user's directories, which is removed at the end of the block.

    Its name is derived from the content, so that the same cell with the same code has the same snapshot.
    """
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    with tempfile.TemporaryDirectory(prefix="jupyter-ml-") as directory:
        path = Path(directory, f"cell-{hashlib.sha256(text.encode()).hexdigest()[:8]}.ipynb")
        path.write_text(text, encoding="utf-8")
        yield path
