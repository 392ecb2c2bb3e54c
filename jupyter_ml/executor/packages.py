"""Which packages a kernel's environment has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

__all__ = ["list_packages", "write_packages"]

LIST_S = 10


def list_packages(python: str) -> list[str]:
    """Return ``name==version`` of everything installed for a Python, sorted.

    Names and versions are read off the names of the ``.dist-info`` folders, in a hundredth of the time that
    importlib.metadata needs to open them.
    """
    path = sys.path if python == sys.executable else _path_of(python)
    found: dict[str, str] = {}
    for folder in path:
        for info in Path(folder or ".").glob("*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").partition("-")
            found.setdefault(name, version)  # the first one on the path is the one that is imported
    return sorted((f"{name}=={version}" for name, version in found.items()), key=str.lower)


def write_packages(file: Path, python: str) -> None:
    """Write what is installed for a Python into a file, one package a line."""
    file.touch(mode=0o600)
    file.write_text("".join(f"{line}\n" for line in list_packages(python)), encoding="utf-8")


def _path_of(python: str) -> list[str]:
    code = "import json, sys; print(json.dumps(sys.path[1:]))"
    try:
        run = subprocess.run([python, "-c", code], capture_output=True, check=True, timeout=LIST_S)
        return [str(folder) for folder in json.loads(run.stdout)]
    except (OSError, ValueError, subprocess.SubprocessError):
        return []  # no Python: a kernel of another language
