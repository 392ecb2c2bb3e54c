# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The part of a compute that sees the files of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.compute.base import Compute

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = ["SharedFiles"]


class SharedFiles(Compute):
    """A compute on which paths of this machine are valid, so that nothing has to be copied."""

    def path(self, local: Path) -> Path:
        """Return the same path."""
        return local

    async def send(self, local: Path) -> None:
        """Do nothing."""

    async def fetch(self, local: Path, *, but: Collection[str] = ()) -> None:
        """Do nothing."""

    async def remove(self, local: Path) -> None:
        """Do nothing."""
