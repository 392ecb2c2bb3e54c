# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Resolve contents paths: paths of the network API, which stay in the root directory of the server."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_ml.errors import InvalidInputError

__all__ = ["contents_path", "contents_paths_in_text", "resolve_contents_path"]


def resolve_contents_path(root: Path, path: str, field: str) -> Path:
    """Return the file that a contents path refers to.

    Raises
    ------
    InvalidInputError
        With `field`, if that is not below `root`, because of ``..`` or a link.
    """
    try:
        full = (root / path.strip("/")).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInputError(f"{field}: {path!r} is not a path", field=field) from error
    if not full.is_relative_to(root.resolve()):
        raise InvalidInputError(f"{field}: {path!r} is outside of the root directory of this server", field=field)
    return full


def contents_path(root: Path, path: str) -> str:
    """Return the contents path of a file; the path itself if that is not below `root`."""
    full = Path(path)
    return full.relative_to(root.resolve()).as_posix() if full.is_relative_to(root.resolve()) else path


def contents_paths_in_text(root: Path, text: str) -> str:
    """Return a text in which paths below `root` are contents paths, and `root` itself is ``/``."""
    for folder in {str(root.resolve()), str(root)} - {"/"}:
        whole = rf"(?<![\w.-]){re.escape(folder)}(?![\w.-])"
        text = re.sub(rf"{whole}/(?=[\w.-])", "", text)
        text = re.sub(f"{whole}/?", "/", text)
    return text
