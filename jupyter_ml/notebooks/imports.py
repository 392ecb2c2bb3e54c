# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out which modules a Python notebook imports, and whether it installs packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.notebooks.reading import Notebook

__all__ = ["imported_modules", "may_install"]

IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+))", re.MULTILINE)


def imported_modules(notebook: Notebook) -> list[str]:
    """Return the modules in import statements of code cells, sorted; a line of a string may look like one."""
    found = set()
    for source in _sources(notebook):
        for module, several in IMPORT.findall(source):
            names = [module] if module else [part.split()[0] for part in several.split(",") if part.strip()]
            found |= {name for name in names if not name.startswith(".")}
    return sorted(found)


def may_install(notebook: Notebook) -> bool:
    """Return whether a code cell mentions an installation, as in ``%pip install``."""
    return any("install" in source for source in _sources(notebook))


def _sources(notebook: Notebook) -> Iterator[str]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = cell["source"]
            yield source if isinstance(source, str) else "".join(source)
