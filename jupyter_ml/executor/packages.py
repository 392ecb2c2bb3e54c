# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the packages in the environment of a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.executor.python_installation import describe
from jupyter_ml.schemas.launch import SUPPORT, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["list_packages", "write_packages"]


def list_packages(path: Iterable[str | Path]) -> list[str]:
    """Return ``name==version`` of each distribution on an import path, sorted; not what Jupyter ML adds to it.

    Names and versions are parsed from the names of ``.dist-info`` folders, in a hundredth of the time that
    importlib.metadata needs to read their metadata.
    """
    found: dict[str, str] = {}
    for folder in path:
        if Path(folder, SUPPORT).exists():
            continue
        for info in Path(folder).glob("*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").partition("-")
            found.setdefault(name, version)  # the first one on the path is imported
    return sorted((f"{name}=={version}" for name, version in found.items()), key=str.lower)


def write_packages(file: Path, program: str, env: Mapping[str, str], *first: Path) -> None:
    """Write the packages of a Python into a file, one per line; nothing if the program is not a Python.

    `env` contains the variables with which it is going to run. Packages in the folders `first` take precedence over
    its own.
    """
    python = describe(program, env)
    lines = list_packages([*first, *python.path]) if python else []
    write_file(file, "".join(f"{line}\n" for line in lines))
