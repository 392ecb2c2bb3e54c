# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A cell of code as a notebook of its own, for as long as it takes to submit it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["cell_notebook", "written"]


def cell_notebook(source: str, parameters: Iterable[str]) -> dict[str, Any]:
    """Return a notebook of one cell, after a cell that declares `parameters` where there are any.

    The values that a job is given are injected between the two.
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
def written(notebook: dict[str, Any]) -> Iterator[Path]:
    """Yield the notebook's file, outside of the user's folders; it is gone at the end of the block.

    The name comes from the content, so that the same cell with the same code around it is kept once.
    """
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    with tempfile.TemporaryDirectory(prefix="jupyter-ml-") as folder:
        path = Path(folder, f"cell-{hashlib.sha256(text.encode()).hexdigest()[:8]}.ipynb")
        path.write_text(text, encoding="utf-8")
        yield path
