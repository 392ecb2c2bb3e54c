"""A cell of code as a notebook of its own, for as long as it takes to submit it."""

from __future__ import annotations

import hashlib
import itertools
import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError

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
def written(notebook: dict[str, Any], *, inside: bool) -> Iterator[Path]:
    """Yield the notebook's file, which is gone at the end of the block.

    The name comes from the content, so that the same cell with the same code around it is kept once.

    Parameters
    ----------
    notebook
        What to write.
    inside
        Whether it lies in the working folder, because that is the job's code, or in one of its own.
    """
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    name = f"cell-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    with tempfile.TemporaryDirectory(prefix="jupyter-ml-") as other:
        path = _write(Path.cwd() if inside else Path(other), name, text)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _write(folder: Path, name: str, text: str) -> Path:
    for number in itertools.count(2):
        path = folder / f"{name}.ipynb"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:  # another session submits the same cell at this moment
            name = f"{name.rpartition('.')[0] or name}.{number}"
        except OSError as error:
            raise InvalidInputError(
                f"{folder} cannot be written to, and the cell has to lie beside its code for a moment "
                f"({error.strerror}): submit it without code"
            ) from error
        else:
            return path
    raise AssertionError
