# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write the kernelspecs of environments: one in each of them for jobs, and those that JupyterLab shows."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.schemas.references import AssetRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_ml.schemas.environment_definition import Definition

__all__ = ["EnvironmentKernel", "kernel_name", "read_kernel", "write_kernels", "write_kernelspec"]

METADATA = "jupyter_ml"
"""Key of a kernelspec with what Jupyter ML needs to know of it."""
_MAX_NAME = 200


class EnvironmentKernel(NamedTuple):
    """The kernel of an environment."""

    environment: str
    """Name of the environment."""
    version: str
    python: Path
    variables: Mapping[str, str]


def kernel_name(environment: str) -> str:
    """Return the name of the kernel of an environment, in lower case as Jupyter's are."""
    return f"jupyter-ml-{environment.lower()}"


def read_kernel(folder: Path) -> AssetRef | None:
    """Return the environment of the kernelspec in a folder; None if it belongs to none."""
    file = folder / "kernel.json"
    spec = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}  # that of this Python needs none
    about = spec.get("metadata", {}).get(METADATA)
    return AssetRef(about["environment"], about["version"]) if about else None


def write_kernelspec(folder: Path, final: Path, definition: Definition) -> None:
    """Write the kernelspec of an environment into `folder`, which is going to be renamed to `final`."""
    command = [str(final / "bin" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    name = f"Python {definition.python} ({definition.identity[:8]})"
    _write(folder / "share" / "jupyter" / "kernels" / "python3", command, name)


def write_kernels(folder: Path, kernels: Iterable[EnvironmentKernel], launcher: str) -> None:
    """Make the kernels in `folder` exactly those of some environments.

    Parameters
    ----------
    folder
        A directory of kernels.
    kernels
        The kernels; of two with the same name, the last one counts.
    launcher
        Python with Jupyter ML, which starts them.
    """
    wanted = {kernel_name(each.environment): each for each in kernels if len(each.environment) <= _MAX_NAME}
    for name, kernel in wanted.items():
        start = [launcher, "-P", "-m", "jupyter_ml.executor.notebook_kernel", str(kernel.python), "{connection_file}"]
        about = {"environment": kernel.environment, "version": kernel.version}
        _write(folder / name, start, f"Python ({kernel.environment})", env=dict(kernel.variables), about=about)
        _copy_icons(folder / name)
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name not in wanted:
                shutil.rmtree(path, ignore_errors=True)


def _copy_icons(folder: Path) -> None:
    """Add the icons of Python's kernel, which ipykernel has."""
    ipykernel = find_spec("ipykernel")
    for place in (ipykernel.submodule_search_locations if ipykernel else None) or []:
        for icon in Path(place, "resources").glob("logo-*"):
            if not (folder / icon.name).exists():
                shutil.copyfile(icon, folder / icon.name)


def _write(
    folder: Path, command: list[str], display_name: str, *, env: dict[str, str] | None = None, about: Any = None
) -> None:
    spec = {
        "argv": command,
        "display_name": display_name,
        "language": "python",
        "env": env or {},
        "metadata": {"debugger": True, **({METADATA: about} if about else {})},
    }
    content, file = json.dumps(spec, indent=1), folder / "kernel.json"
    if file.exists() and file.read_text(encoding="utf-8") == content:
        return
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / "kernel.json.tmp"
    temporary.write_text(content, encoding="utf-8")
    temporary.replace(file)
