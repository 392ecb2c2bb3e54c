# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Libraries that a program does without because they are slow to import and others load them for nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

__all__ = ["keep_out"]


def keep_out(*names: str) -> None:
    """Make an import of these modules fail in this process, as if they were not installed.

    They do not stand in `sys.modules`, as None does there: psycopg takes what it finds under ``numpy`` for NumPy.
    """
    sys.meta_path.insert(0, _Refusing(names))


class _Refusing:
    """A finder of modules that refuses some."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = frozenset(names)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Raise for a module that is kept out, and leave all others to the next finder."""
        if name in self._names:
            raise ModuleNotFoundError(f"{name} is kept out of this program", name=name)
        return None
