# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the kernel and the language that a notebook names, and check that jobs can use the kernel."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_path

from jupyter_ml.errors import InvalidInputError, nearest

if TYPE_CHECKING:
    from jupyter_ml.notebooks.reading import Notebook

__all__ = [
    "DEFAULT_KERNEL",
    "canonical_kernel",
    "check_kernel",
    "find_kernel",
    "kernel_name_of",
    "language_of",
    "translator_of",
]

DEFAULT_KERNEL = "python3"
LOCAL = "local-provisioner"
"""The provisioner of kernelspecs that name none."""
PROVISIONERS = "jupyter_client.kernel_provisioners"
"""Group of entry points."""
TRANSLATORS = {
    "ipython": "python",
    "python3": "python",
    "r": "R",
    "c#": ".net-csharp",
    "f#": ".net-fsharp",
    "pwsh": ".net-powershell",
    "powershell": ".net-powershell",
}
"""papermill's names for languages that kernels name differently."""


def kernel_name_of(notebook: Notebook) -> str:
    """Return the kernel that a notebook names, by default Jupyter's default kernel."""
    spec = notebook["metadata"].get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    return canonical_kernel(name if isinstance(name, str) and name else DEFAULT_KERNEL)


def canonical_kernel(name: str) -> str:
    """Return a kernel's name as jupyter_client writes it: in lower case, with ``python3`` for ``python``."""
    return DEFAULT_KERNEL if name.lower() == "python" else name.lower()


def language_of(notebook: Notebook) -> str:
    """Return the language of a notebook in lower case, by default python."""
    metadata = notebook["metadata"]
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        info = metadata.get(part)
        if isinstance(info, dict) and isinstance(info.get(key), str):
            return str(info[key]).lower()
    return "python"


def translator_of(language: str) -> str:
    """Return papermill's name for a language."""
    return TRANSLATORS.get(language.lower(), language.lower())


def find_kernel(name: str, *more: Path) -> Path | None:
    """Return the folder of a kernel, with its kernelspec unless it is that of this Python; None if there is none.

    Parameters
    ----------
    name
        Name of the kernel.
    more
        Directories of kernels after those of Jupyter's search path.
    """
    found = canonical_kernel(name)
    for parent in (*map(Path, jupyter_path("kernels")), *more):
        if parent.is_dir():
            for folder in parent.iterdir():
                if folder.name.lower() == found and (folder / "kernel.json").is_file():
                    return folder
    # which imports IPython to look in its folder, too: 0.1 s
    from jupyter_client.kernelspec import KernelSpecManager

    folders = KernelSpecManager().find_kernel_specs()
    return Path(folders[found]) if found in folders else None


def check_kernel(name: str, *more: Path) -> str:
    """Return the canonical name of an installed kernel that jobs can use; see `find_kernel` for the parameters.

    Raises
    ------
    InvalidInputError
        If no kernel of that name is installed, or it does not start on this machine.
    """
    folder = find_kernel(name, *more)
    if folder is None:
        from jupyter_client.kernelspec import KernelSpecManager

        others = (file.parent.name for parent in more for file in parent.glob("*/kernel.json"))
        known = sorted({*KernelSpecManager().find_kernel_specs(), *others})
        raise InvalidInputError(
            f"there is no kernel {name!r}{nearest(name, known)}; installed kernels: {', '.join(known) or 'none'}",
            field="kernel_name",
        )
    provisioner = _provisioner(name, folder / "kernel.json")
    if provisioner not in (None, LOCAL) and not entry_points(group=PROVISIONERS, name=provisioner):
        raise InvalidInputError(
            f"the kernel {name!r} uses the provisioner {provisioner!r}, which no installed package provides: install "
            "it, or choose another kernel",
            field="kernel_name",
        )
    return canonical_kernel(name)


def _provisioner(name: str, file: Path) -> Any:
    """Return the provisioner that a kernelspec names; jupyter_client hides kernels whose provisioner is missing."""
    try:
        metadata = json.loads(file.read_text(encoding="utf-8")).get("metadata", {})
        return metadata.get("kernel_provisioner", {}).get("provisioner_name")
    except FileNotFoundError:  # the kernel of this Python needs no kernelspec
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise InvalidInputError(
            f"the kernel {name!r} cannot be used: {file} is invalid ({error})", field="kernel_name"
        ) from error
