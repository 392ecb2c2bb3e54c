# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out which kernel and language a notebook names, and whether that kernel can be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, nearest

if TYPE_CHECKING:
    from jupyter_ml.notebooks.reading import Notebook

__all__ = ["canonical_kernel", "check_kernel", "kernel_name_of", "language_of", "translator_of"]

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
