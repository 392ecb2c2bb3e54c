# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the dependencies of a project: those of its lock file, if it has one, else those that it declares."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.environments.uv import run_uv
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from jupyter_ml.environments.source_files import SourceFiles

__all__ = ["read_project"]

LOCK = "uv.lock"


def read_project(path: Path, files: SourceFiles) -> tuple[str | None, list[str], dict[str, Any]]:
    """Return the versions of Python that a project supports, its requirements, and its settings of uv.

    Parameters
    ----------
    path
        Its ``pyproject.toml``, or its ``uv.lock``.
    files
        Reads both.
    """
    project = path.parent / "pyproject.toml"
    try:
        content = tomllib.loads(files.read(project))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"{project} is not TOML: {error}") from None
    declared = content.get("project", {})
    settings = content.get("tool", {}).get("uv", {})
    if (path.parent / LOCK).is_file():
        requirements = _locked(project, files)
    elif path.name == LOCK:
        raise InvalidInputError(f"{path} does not exist")
    elif "dependencies" in declared.get("dynamic", []):
        raise InvalidInputError(f"{project}: its dependencies are dynamic: create a lock file with: uv lock")
    else:
        requirements = list(declared.get("dependencies", []))
    return declared.get("requires-python"), requirements, settings


def _locked(project: Path, files: SourceFiles) -> list[str]:
    """Return the packages of a lock file, each with its version."""
    with tempfile.TemporaryDirectory(prefix="jupyter-ml-") as folder:
        for name in (project.name, LOCK):  # without the code of the project, which is not built
            Path(folder, name).write_text(files.read(project.with_name(name)), encoding="utf-8")
        options = "--frozen --no-hashes --no-header --no-annotate --no-emit-project --no-dev".split()
        exported, _ = run_uv(["export", *options, "--project", folder], cwd=Path(folder))
        return exported.splitlines()
