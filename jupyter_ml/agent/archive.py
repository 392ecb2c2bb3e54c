# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write the agent as one file that a Python runs: ``python -m jupyter_ml.agent.archive agent.pyz``."""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile
from pathlib import Path

__all__ = ["create"]

MAIN = "from jupyter_ml.agent.__main__ import run\nrun()\n"
PACKAGE = "jupyter_ml"


def create(target: Path) -> None:
    """Write the archive, in place of what is there."""
    folder = Path(__file__).parent
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=target.parent)
    with open(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__main__.py", MAIN)
        archive.writestr(f"{PACKAGE}/__init__.py", "")
        for module in sorted(folder.glob("*.py")):
            archive.write(module, f"{PACKAGE}/{folder.name}/{module.name}")
    os.replace(temporary, target)


if __name__ == "__main__":
    create(Path(sys.argv[1]))
