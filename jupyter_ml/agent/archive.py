# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write the agent as one file that a Python runs: ``python -m jupyter_ml.agent.archive agent.pyz``."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path

__all__ = ["content", "create"]

MAIN = "from jupyter_ml.agent.__main__ import run\nrun()\n"
PACKAGE = "jupyter_ml"


def content() -> bytes:
    """Return the archive, which is the same for the same files."""
    folder, written = Path(__file__).parent, io.BytesIO()
    modules = {f"{PACKAGE}/{folder.name}/{each.name}": each.read_bytes() for each in sorted(folder.glob("*.py"))}
    with zipfile.ZipFile(written, "w") as archive:
        for name, source in {"__main__.py": MAIN.encode(), f"{PACKAGE}/__init__.py": b"", **modules}.items():
            archive.writestr(zipfile.ZipInfo(name), source, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def create(target: Path) -> None:
    """Write the archive, in place of what is there."""
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=target.parent)
    with open(descriptor, "wb") as file:
        file.write(content())
    os.replace(temporary, target)


if __name__ == "__main__":
    create(Path(sys.argv[1]))
