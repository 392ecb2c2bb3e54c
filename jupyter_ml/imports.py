# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Make programs start faster: imports that are not needed, and garbage collections during the others."""

from __future__ import annotations

import atexit
import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec

__all__ = ["block_imports", "collect_rarely", "without_collections"]

COLLECT_AFTER = 50_000
"""New objects until Python collects garbage."""


def block_imports(*names: str) -> None:
    """Make importing these modules fail in this process, as if they were not installed.

    They are not set to None in `sys.modules`: psycopg uses any value under ``numpy`` as NumPy.
    """
    sys.meta_path.insert(0, _BlockingFinder(names))


def collect_rarely() -> None:
    """Collect garbage rarely in this short process, and not at its end.

    By default, after 700 new objects, it takes a sixth of the start, and 50 ms at the end.
    """
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.freeze)


@contextmanager
def without_collections() -> Iterator[None]:
    """Collect no garbage while large libraries are imported: what they create stays, and each collection reads it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _BlockingFinder:
    """A finder of modules that raises for some of them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = frozenset(names)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Raise for a blocked module, and return None for all others."""
        if name in self._names:
            raise ModuleNotFoundError(f"importing {name} is blocked in this program", name=name)
        return None
