# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start the kernel of a notebook in an installed environment.

``python -m jupyter_ml.executor.notebook_kernel PYTHON CONNECTION_FILE`` runs the kernel in a virtual environment on top
of that of PYTHON: ``%pip install`` does not change an installation that jobs and other notebooks use. The virtual
environment is beside the connection file. It remains while the kernel is restarted, and is removed when the next kernel
starts after this one has been shut down.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.executor.overlay import Overlay
from jupyter_ml.schemas.launch import PYTHON_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["main", "prepare"]

SUFFIX = "-packages"
"""Of the directory of a kernel, after the name of its connection file."""


def main() -> None:
    """Replace this process by the kernel."""
    python, connection_file = sys.argv[1:3]
    overlay, env = prepare(python, Path(connection_file), os.environ)
    os.execve(overlay.python, [overlay.python, "-m", "ipykernel_launcher", "-f", connection_file], env)


def prepare(python: str, connection_file: Path, env: Mapping[str, str]) -> tuple[Overlay, dict[str, str]]:
    """Return the virtual environment of a kernel, which is created on first use, and the variables in it."""
    _remove_others(connection_file.parent)
    folder = connection_file.with_name(f"{connection_file.stem}{SUFFIX}")
    env = {**env, PYTHON_VARIABLE: python}
    overlay = Overlay.of(folder, python, env, keep=True)
    return overlay, overlay.environment(env)


def _remove_others(folder: Path) -> None:
    """Remove what kernels have left that have been shut down: their connection file is gone."""
    for path in folder.glob(f"*{SUFFIX}"):
        if not path.with_name(f"{path.name.removesuffix(SUFFIX)}.json").exists():
            shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main()
