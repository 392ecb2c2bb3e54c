# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Reading a notebook without nbformat, which takes a second to import: for the executor's start and for who submits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.regular import open_regular

__all__ = [
    "Notebook",
    "canonical_kernel",
    "check_kernel",
    "kernel_name_of",
    "language_of",
    "read_notebook",
    "tags_of",
    "translator_of",
]

Notebook = dict[str, Any]

DEFAULT_KERNEL = "python3"
LOCAL = "local-provisioner"
"""What starts a kernel whose kernelspec names nothing else."""
TRANSLATORS = {
    "ipython": "python",
    "python3": "python",
    "r": "R",
    "c#": ".net-csharp",
    "f#": ".net-fsharp",
    "pwsh": ".net-powershell",
    "powershell": ".net-powershell",
}
"""papermill's names for languages, where they are others than those of the kernels."""


def read_notebook(path: Path, *, follow: bool = True) -> Notebook:
    """Return the notebook (nbformat 4) in a file, every source as one string; one of an older format is upgraded.

    Parameters
    ----------
    path
        Of the file.
    follow
        Whether it may be a link.

    Raises
    ------
    InvalidInputError
        Where the file cannot be read, is no JSON, no notebook, or one of a newer format.
    """
    try:
        with open_regular(path, follow=follow) as file:
            notebook: Notebook = json.loads(file.read().decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InvalidInputError(f"{path} cannot be read: {why}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{path} is not a notebook: it is not JSON ({error})") from error
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise InvalidInputError(f"{path} is not a notebook: it has no 'nbformat'")
    if notebook["nbformat"] != 4:
        notebook = _upgraded(notebook, path)
    if not isinstance(notebook.setdefault("metadata", {}), dict):
        raise InvalidInputError(f"{path} is not a notebook: its 'metadata' is no mapping")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise InvalidInputError(f"{path} is not a notebook: it has no list of cells")
    for number, cell in enumerate(cells):
        _check_cell(cell, f"{path}, cell {number}")
    return notebook


def _upgraded(notebook: Notebook, path: Path) -> Notebook:
    """Return a notebook of an older format in format 4."""
    if notebook["nbformat"] not in (1, 2, 3):
        raise InvalidInputError(
            f"{path} has notebook format {notebook['nbformat']!r}, and only formats up to 4 can be run: "
            "save it in that format, or update Jupyter ML"
        )
    import nbformat

    try:
        old = nbformat.reader.reads(json.dumps(notebook))  # type: ignore[no-untyped-call]
        new: Notebook = json.loads(json.dumps(nbformat.convert(old, 4)))  # type: ignore[no-untyped-call]
    except Exception as error:  # whatever a wrong notebook makes of it
        raise InvalidInputError(
            f"{path} has notebook format {notebook['nbformat']} and cannot be upgraded ({error}): "
            "open and save it in JupyterLab"
        ) from error
    else:
        return new


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
    return canonical_kernel(name if isinstance(name, str) and name else DEFAULT_KERNEL)


def canonical_kernel(name: str) -> str:
    """Return the name under which jupyter_client finds a kernel: in lower case, and ``python`` is ``python3``."""
    return DEFAULT_KERNEL if name.lower() == "python" else name.lower()


def language_of(notebook: Notebook) -> str:
    """Return the language of a notebook, in lower case; python where it tells none."""
    metadata = notebook["metadata"]
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        info = metadata.get(part)
        if isinstance(info, dict) and isinstance(info.get(key), str):
            return str(info[key]).lower()
    return "python"


def translator_of(language: str) -> str:
    """Return the name under which papermill knows how to write parameters in a language."""
    return TRANSLATORS.get(language.lower(), language.lower())


def check_kernel(name: str) -> str:
    """Return the name under which jupyter_client finds a kernel.

    Raises
    ------
    InvalidInputError
        Where there is none of that name, or it is not this machine that it would run on.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    found, folders = canonical_kernel(name), KernelSpecManager().find_kernel_specs()
    known = sorted(folders)
    if found not in known:
        raise InvalidInputError(
            f"there is no kernel {name!r}{nearest(name, known)}; there are: {', '.join(known) or 'none'}",
            field="kernel_name",
        )
    starter = _starter(name, Path(folders[found], "kernel.json"))
    if starter not in (None, LOCAL):
        raise InvalidInputError(
            f"the kernel {name!r} is started by the provisioner {starter!r}, and jobs can only use kernels that start "
            "on this machine: choose another one",
            field="kernel_name",
        )
    return found


def _starter(name: str, file: Path) -> Any:
    """Return what a kernelspec names as its provisioner; jupyter_client hides kernels whose provisioner is missing."""
    try:
        metadata = json.loads(file.read_text(encoding="utf-8")).get("metadata", {})
        return metadata.get("kernel_provisioner", {}).get("provisioner_name")
    except FileNotFoundError:  # the kernel of this Python is there without having been installed
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise InvalidInputError(
            f"the kernel {name!r} cannot be used: {file} is wrong ({error})", field="kernel_name"
        ) from error
