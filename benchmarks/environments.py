# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Install pandas and scikit-learn with filled caches, beside uv and pip; and the first import after it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.environments.building import build
from jupyter_ml.environments.installations import Installations
from jupyter_ml.environments.pythons import find, own_version
from jupyter_ml.environments.uv import run_uv
from jupyter_ml.schemas.environment_definition import Definition

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["environments"]

PACKAGES = ["pandas", "scikit-learn"]
ROUNDS = 3
"""The first one fills the caches, and the best one counts."""
DEFINITION = Definition(python=own_version(), requirements=PACKAGES)


def _ours(places: Installations, _folder: Path, *, resolve: bool) -> Path:
    """Install an environment, which is resolved again or has its lock."""
    if places.python(DEFINITION.identity):
        places.remove(DEFINITION.identity)
    if resolve:
        places.lock_file(DEFINITION.identity).unlink(missing_ok=True)
    return build(places, DEFINITION)


def _uv(folder: Path, *options: str) -> Path:
    run_uv(["venv", "--no-project", "--python", find(DEFINITION.python).path, str(folder)], cwd=folder.parent)
    run_uv(["pip", "install", "--python", str(folder / "bin" / "python"), *options, *PACKAGES], cwd=folder.parent)
    return folder


def _pip(folder: Path) -> Path:
    subprocess.run([find(DEFINITION.python).path, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *PACKAGES], check=True)
    return folder


def _measure(install: Callable[[Path], Path]) -> tuple[float, float]:
    """Return how long an installation and the first import in it take, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        python = install(Path(folder, "new")) / "bin" / "python"
        installed = time.perf_counter()
        subprocess.run([str(python), "-c", "import pandas, sklearn"], check=True)
        return installed - start, time.perf_counter() - installed


def environments() -> None:
    """Print how long an environment takes to be installed, and to be found again."""
    with tempfile.TemporaryDirectory() as folder:
        places = Installations(Path(folder))
        ways: dict[str, Callable[[Path], Path]] = {
            "Jupyter ML": partial(_ours, places, resolve=True),
            "Jupyter ML, from its lock": partial(_ours, places, resolve=False),
            "Jupyter ML, installed already": lambda _: build(places, DEFINITION),
            "uv venv, uv pip install": _uv,
            "the same --compile-bytecode": lambda folder: _uv(folder, "--compile-bytecode"),
            "python -m venv, pip install": _pip,
        }
        for name, install in ways.items():
            times = zip(*(_measure(install) for _ in range(ROUNDS)), strict=True)
            installed, imported = (1_000 * min(each) for each in times)
            print(f"{' and '.join(PACKAGES)}, {name:29} {installed:9.1f} ms, first import {imported:7.1f} ms")


if __name__ == "__main__":
    environments()
