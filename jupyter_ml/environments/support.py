# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Install what Jupyter ML needs in each environment: ipykernel, and the plug-ins of fsspec and MLflow.

They are in a directory of their own for each version of Python, which comes after the packages of an environment on
its import path. So the lock of an environment has nothing but what its user wants.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.environments.bytecode import compile_packages
from jupyter_ml.environments.installations import Installations
from jupyter_ml.environments.uv import run_uv
from jupyter_ml.schemas.launch import SUPPORT
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from jupyter_ml.environments.pythons import Interpreter

__all__ = ["support_path"]

OLDEST = (3, 11)
"""The oldest Python with which Jupyter ML works; in older ones there is a kernel, and no plug-in."""
_PLUGIN_PACKAGES = ("alembic", "blake3", "fsspec", "mlflow-skinny", "psutil", "pydantic", "pyyaml", "sqlalchemy")
"""Packages of the plug-ins, in the versions of this Python: MLflow's has to know the tables of the workspace."""
_ENTRY_POINTS = """[fsspec.specs]
azureml = jupyter_ml.storage.azureml:AzureMLFileSystem

[mlflow.run_context_provider]
jupyter-ml = jupyter_ml.tracking.plugin:JobContext
"""


def support_path(folder: Path, python: Interpreter) -> Path:
    """Return the directory for a version of Python below `folder`, which is created if it does not exist."""
    requirements, own = _requirements(python), Path(__file__).parents[1]
    content = json.dumps([requirements, str(own), __version__, python.version[:2]])
    minor = ".".join(map(str, python.version[:2]))
    name = f"support-{minor}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    installations = Installations(folder)
    path = folder / name
    if path.is_dir():
        return path
    with installations.building(name) as lock, installations.temporary(name) as temporary:
        if not path.is_dir():
            options = ["--python", python.path, "--target", str(temporary)]
            run_uv(["pip", "install", *options, *requirements], cwd=folder, keep_open=lock)
            compile_packages(python.path, minor, temporary)
            if python.version >= OLDEST:
                _add_plugins(temporary, own)
            (temporary / SUPPORT).touch()
            temporary.rename(path)
    return path


def _requirements(python: Interpreter) -> list[str]:
    if python.version < OLDEST:
        return ["ipykernel", "pip"]
    return ["ipykernel", "pip", *(_pinned(name) for name in _PLUGIN_PACKAGES)]


def _pinned(name: str) -> str:
    try:
        return f"{name}=={version(name)}"
    except PackageNotFoundError:
        return name


def _add_plugins(folder: Path, package: Path) -> None:
    """Add a link to this package and its entry points: an egg-info directory is not listed as a package."""
    (folder / "jupyter_ml").symlink_to(package, target_is_directory=True)
    info = folder / "jupyter_ml_plugins.egg-info"
    info.mkdir()
    (info / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: jupyter-ml-plugins\nVersion: {__version__}\n")
    (info / "entry_points.txt").write_text(_ENTRY_POINTS)
