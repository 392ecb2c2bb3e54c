# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the files that define an environment: each of them, and those that they include, inside one directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, TooLargeError, reason
from jupyter_ml.schemas.reference_parts import shown

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SourceFiles"]

MAX_BYTES = 20 * 1024**2
"""Of a file, which may be a notebook."""


class SourceFiles:
    """Files that define an environment.

    Parameters
    ----------
    root
        A directory that they have to be in, for a request that comes over the network.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root.resolve() if root is not None else None

    def locate(self, name: str, base: Path | None) -> Path:
        """Return the file that another one in the directory `base` includes."""
        if base is None or not name:
            raise InvalidInputError(f"{shown(name)} cannot be included here: write its lines in its place")
        return base / name

    def read(self, path: Path) -> str:
        """Return the text of a file.

        Raises
        ------
        InvalidInputError
            If it cannot be read, or is not in the root directory.
        TooLargeError
            If it is too large.
        """
        try:
            real = path.resolve()
            if self._root is not None and not real.is_relative_to(self._root):
                raise InvalidInputError(f"{path} is outside of the root directory of this server")
            if not real.is_file():
                raise InvalidInputError(f"{path} {'is not a file' if real.exists() else 'does not exist'}")
            with real.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise TooLargeError(f"{path} has more than {MAX_BYTES:,} bytes")
            return content.decode("utf-8-sig")
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links that form a circle
            raise InvalidInputError(f"{path} cannot be read: {reason(error)}") from error
