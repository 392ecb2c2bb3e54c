# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read conda files, whose packages are installed from a Python package index.

MLflow's ``python_env.yaml`` has the same keys, without channels.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyter_ml.environments.requirements import Packages, read_lines
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_parts import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_ml.environments.source_files import SourceFiles

__all__ = ["read_conda"]

_KEYS = {"name", "channels", "dependencies", "build_dependencies", "python", "prefix", "variables", "platforms"}
_NAMES = {
    "blas": None,
    "cpuonly": None,
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python",
    "py-opencv": "opencv-python",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "seaborn-base": "seaborn",
    "tensorflow-base": "tensorflow",
}
"""Names of conda packages that have another name in a package index; None for those that need no package there."""
_PROGRAMS = set(
    "cmake-base compilers cuda cuda-toolkit cudatoolkit cudnn cxx-compiler ffmpeg gcc gcc_linux-64 git graphviz "
    "gxx_linux-64 java-jdk libgcc libgcc-ng libopenblas libstdcxx-ng make mkl mpich nccl nodejs openjdk openmpi "
    "openssl pytorch-cuda r-base r-essentials sqlite".split()
)
"""Packages of programs and libraries that are not written in Python."""
_CONSTRAINT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?P<version>[=<>!~ ].*)?")
_VERSION = re.compile(r"[A-Za-z0-9.!+_*-]+")


def read_conda(data: Mapping[str, Any], files: SourceFiles, base: Path | None = None) -> tuple[str | None, Packages]:
    """Return the version of Python in a conda file, if there is one, and what its dependencies select.

    Parameters
    ----------
    data
        Content of the file.
    files
        Reads the files that it includes.
    base
        Its directory.

    Raises
    ------
    InvalidInputError
        If it is not a conda file, or a package cannot be installed from a package index.
    """
    if unknown := sorted(map(str, data.keys() - _KEYS)):
        raise InvalidInputError(f"{unknown[0]!r} is not a key of conda files; the packages are in 'dependencies'")
    python, packages = _python(data.get("python")), Packages()
    for entry in _list(data, "dependencies"):
        if isinstance(entry, dict):
            packages.add(_pip_part(entry, files, base))
        elif isinstance(entry, str) and entry.startswith("-"):
            packages.add(read_lines([entry], files, base))
        elif re.match(r"(\S+::)?python(?![\w.-])", str(entry)):
            python = _python(str(entry).rpartition("::")[2].removeprefix("python"))
        else:
            packages.requirements += _requirement(entry)
    return python, packages


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInputError(f"{key}: must be a list (got {shown(value)})")
    return value


def _pip_part(entry: Mapping[str, Any], files: SourceFiles, base: Path | None) -> Packages:
    if entry.keys() != {"pip"}:
        raise InvalidInputError(
            f"dependencies: {shown(dict(entry))} is not a package; write - pip: with a list below it"
        )
    lines = _list(entry, "pip")
    if wrong := next((line for line in lines if not isinstance(line, str)), None):
        raise InvalidInputError(f"dependencies: pip: {shown(wrong)} is not a requirement")
    return read_lines(lines, files, base)


def _python(text: Any) -> str | None:
    """Return a version of Python, without an operator for an exact one: ``3.11``, ``>=3.10,<3.13``."""
    constraint = re.sub(r"\s+", "", "" if text is None else str(text))
    if not constraint or constraint[0] in "<>!~":
        return constraint or None
    return constraint.lstrip("=").partition("=")[0].removesuffix(".*") or None


def _requirement(entry: Any) -> list[str]:
    """Return a conda package as requirements; none if there is nothing to install for it."""
    match = _CONSTRAINT.fullmatch(str(entry).rpartition("::")[2].strip())
    if match is None or not isinstance(entry, str):
        raise InvalidInputError(f"dependencies: {shown(entry)} is not a conda package: write NAME or NAME=VERSION")
    name = match["name"].lower()
    if name in _PROGRAMS or name.startswith(("r-", "lib")):
        raise InvalidInputError(
            f"dependencies: {name} is not a Python package, and environments without Docker contain only those: "
            "remove it, and install the program on the machine if the job needs it"
        )
    known = _NAMES.get(name, name)
    return [] if known is None else [known + _specifier((match["version"] or "").strip(), str(entry))]


def _specifier(version: str, entry: str) -> str:
    """Return the specifier of PEP 440 for a version as conda writes it."""
    version = re.sub(r"(?<![=<>!~,|])\s+(?=\S+$)", "=", version) if re.match(r"[=\w]", version) else version
    if not version or version == "*":
        return ""
    if "|" in version:
        raise InvalidInputError(f"dependencies: {shown(entry)}: '|' is not supported: write a range, e.g. NAME>=1,<3")
    if re.match(r"=?[^=<>!~]", version):
        number = version.removeprefix("=").partition("=")[0].strip()  # a build comes after the second sign
        return f"=={number.removesuffix('.*').removesuffix('*')}.*" if _VERSION.fullmatch(number) else _wrong(entry)
    return re.sub(r"\s+", "", version)


def _wrong(entry: str) -> str:
    raise InvalidInputError(f"dependencies: {shown(entry)} has no version that can be read: write NAME=1.2")
