"""Reading a notebook without nbformat, which takes a second to import: for the executor's start and for who submits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.regular import open_regular

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Notebook", "check_kernel", "kernel_name_of", "language_of", "read_notebook", "tags_of"]

Notebook = dict[str, Any]

DEFAULT_KERNEL = "python3"


def read_notebook(path: Path, *, follow: bool = True) -> Notebook:
    """Return the notebook (nbformat 4) in a file, every source as one string.

    Parameters
    ----------
    path
        Of the file.
    follow
        Whether it may be a link.

    Raises
    ------
    InvalidInputError
        Where the file cannot be read, is no JSON, no notebook, or one of an old format.
    """
    try:
        with open_regular(path, follow=follow) as file:
            notebook = json.loads(file.read().decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InvalidInputError(f"{path} cannot be read: {why}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{path} is not a notebook: it is not JSON ({error})") from error
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise InvalidInputError(f"{path} is not a notebook: it has no 'nbformat'")
    if notebook["nbformat"] != 4:
        raise InvalidInputError(
            f"{path} has notebook format {notebook['nbformat']!r}, only 4 can be run: "
            "open and save it in JupyterLab, or run `jupyter nbconvert --to notebook --inplace`"
        )
    if not isinstance(notebook.setdefault("metadata", {}), dict):
        raise InvalidInputError(f"{path} is not a notebook: its 'metadata' is no mapping")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise InvalidInputError(f"{path} is not a notebook: it has no list of cells")
    for number, cell in enumerate(cells):
        _check_cell(cell, f"{path}, cell {number}")
    return notebook


def _check_cell(cell: Any, where: str) -> None:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise InvalidInputError(f"{where}: this is no code, markdown or raw cell")
    source = cell.setdefault("source", "")
    if isinstance(source, list):
        cell["source"] = source = "".join(map(str, source))
    if not isinstance(source, str) or not isinstance(cell.setdefault("metadata", {}), dict):
        raise InvalidInputError(f"{where}: its source is no text or its metadata no mapping")
    if not isinstance(cell["metadata"].get("tags", []), list):
        raise InvalidInputError(f"{where}: its tags are no list")


def tags_of(cell: dict[str, Any]) -> list[str]:
    """Return the tags of a cell."""
    return list(cell["metadata"].get("tags", []))


def kernel_name_of(notebook: Notebook) -> str:
    """Return the kernel that a notebook names; Jupyter's default where it names none."""
    spec = notebook["metadata"].get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    return name if isinstance(name, str) and name else DEFAULT_KERNEL


def language_of(notebook: Notebook) -> str:
    """Return the language of a notebook, in lower case; python where it tells none."""
    metadata = notebook["metadata"]
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        info = metadata.get(part)
        if isinstance(info, dict) and isinstance(info.get(key), str):
            return str(info[key]).lower()
    return "python"


def check_kernel(name: str) -> None:
    """Raise InvalidInputError, naming the kernels there are, where there is none called `name`."""
    from jupyter_client.kernelspec import KernelSpecManager

    known = sorted(KernelSpecManager().find_kernel_specs())
    if name not in known:
        raise InvalidInputError(
            f"there is no kernel {name!r}{nearest(name, known)}; there are: {', '.join(known) or 'none'}",
            field="kernel_name",
        )
