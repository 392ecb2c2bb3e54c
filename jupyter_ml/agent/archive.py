# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write the agent as one file that a Python runs: ``python -m jupyter_ml.agent.archive agent.pyz``."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path

from jupyter_ml.agent.reaching import running_from

__all__ = ["content", "create", "digest"]

MAIN = "from jupyter_ml.agent.__main__ import run\nrun()\n"
PACKAGE, FOLDER = "jupyter_ml", "jupyter_ml/agent"


def content() -> bytes:
    """Return the archive, which is the same for the same files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, source in {"__main__.py": MAIN.encode(), f"{PACKAGE}/__init__.py": b"", **_modules()}.items():
            archive.writestr(zipfile.ZipInfo(name), source, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def digest() -> bytes:
    """Return what identifies the files of this program."""
    digest = hashlib.sha256()
    for source in _modules().values():
        digest.update(source)
    return digest.digest()


def _modules() -> dict[str, bytes]:
    """Return the files of this package, which may be in an archive itself."""
    if running := running_from():
        with zipfile.ZipFile(running) as archive:
            return {name: archive.read(name) for name in archive.namelist() if name.startswith(f"{FOLDER}/")}
    return {f"{FOLDER}/{each.name}": each.read_bytes() for each in sorted(Path(__file__).parent.glob("*.py"))}


def create(target: Path) -> None:
    """Write the archive, in place of what is there."""
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=target.parent)
    with open(descriptor, "wb") as file:
        file.write(content())
    os.replace(temporary, target)


if __name__ == "__main__":
    create(Path(sys.argv[1]))
