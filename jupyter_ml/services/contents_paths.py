# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Resolve paths that users give: local ones, and contents paths of the REST API, which stay in the server's root."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, reason
from jupyter_ml.schemas.reference_parts import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["contents_path", "contents_paths_in_text", "resolve_contents_path", "resolve_local_path", "resolve_path"]


def resolve_path(root: Path | None, path: str, field: str) -> Path:
    """Return the file that a path refers to: a contents path, or without `root` a local path."""
    return resolve_local_path(Path.cwd(), path, field) if root is None else resolve_contents_path(root, path, field)


def resolve_local_path(base: Path, path: str, field: str) -> Path:
    """Return the file that a path refers to, relative to `base`; it need not exist.

    Raises
    ------
    InvalidInputError
        With `field`, if no file can have the path, or its directory cannot be accessed.
    """
    with _possible(path, field):
        return _looked_up(base / Path(path).expanduser())


def resolve_contents_path(root: Path, path: str, field: str) -> Path:
    """Return the file that a contents path refers to.

    Raises
    ------
    InvalidInputError
        With `field`, if no file can have the path, its directory cannot be accessed, or it is not below `root`,
        because of ``..`` or a link.
    """
    with _possible(path, field):
        full = (root / path.strip("/")).resolve()
    if not full.is_relative_to(root.resolve()):
        raise InvalidInputError(f"{field}: {shown(path)} is outside of the root directory of this server", field=field)
    with _possible(path, field):
        return _looked_up(full)


@contextmanager
def _possible(path: str, field: str) -> Iterator[None]:
    """Report a path that no file can have, or that is in a directory without access.

    The former is too long, has a NUL character, or is in the home of an unknown user.
    """
    try:
        yield
    except PermissionError as error:
        raise InvalidInputError(f"{field}: {shown(path)} cannot be accessed: {reason(error)}", field=field) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInputError(f"{field}: {shown(path)} cannot be a path: {reason(error)}", field=field) from error


def _looked_up(path: Path) -> Path:
    """Return a path that a file can have; a missing file, or one that cannot be read, is reported where it is read."""
    with suppress(FileNotFoundError, NotADirectoryError):
        path.stat()
    return path


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
