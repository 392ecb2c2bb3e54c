# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write kernelspecs: that in an environment, for programs that run in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.environment_definition import Definition

__all__ = ["ipykernel_command", "python_kernel", "write_kernelspec", "write_own_kernelspec"]


def ipykernel_command(python: str) -> list[str]:
    """Return the command of a kernelspec that starts the IPython kernel of a Python."""
    return [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]


def python_kernel(command: list[str], display_name: str) -> dict[str, Any]:
    """Return the kernelspec of a Python kernel."""
    return {
        "argv": command,
        "display_name": display_name,
        "language": "python",
        "env": {},
        "metadata": {"debugger": True},
    }


def write_own_kernelspec(folder: Path, python: str, definition: Definition) -> None:
    """Write the kernelspec of an environment into its directory, with the Python that it is going to have."""
    name = f"Python {definition.python} ({definition.identity[:8]})"
    spec = python_kernel(ipykernel_command(python), name)
    write_kernelspec(folder / "share" / "jupyter" / "kernels" / "python3", spec)


def write_kernelspec(folder: Path, spec: dict[str, Any]) -> None:
    """Write a kernelspec into its directory, unless it is there."""
    content, file = json.dumps(spec, indent=1), folder / "kernel.json"
    if file.exists() and file.read_text(encoding="utf-8") == content:
        return
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / "kernel.json.tmp"
    temporary.write_text(content, encoding="utf-8")
    temporary.replace(file)
