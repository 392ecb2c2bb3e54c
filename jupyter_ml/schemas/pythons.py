# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The Python of another machine or of an image."""

from __future__ import annotations

import json
from typing import NamedTuple, Self

__all__ = ["Interpreter"]


class Interpreter(NamedTuple):
    """The Python of another machine or of an image."""

    path: str
    """Where it is there."""
    version: tuple[int, int]
    platform: str
    """Name of the platform for uv, e.g. ``x86_64-unknown-linux-gnu``."""
    packages: tuple[str, ...]
    """Where the packages of a virtual environment are."""
    home: str
    """Home directory of the user who runs it."""

    @property
    def minor(self) -> str:
        """Its version, e.g. ``3.12``."""
        return ".".join(map(str, self.version))

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what JSON describes."""
        path, (major, minor), platform, packages, home = json.loads(text)
        return cls(path, (major, minor), platform, tuple(packages), home)
