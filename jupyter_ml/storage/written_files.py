# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the files that a program wrote in its copy of a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.storage import nofollow
from jupyter_ml.storage.ignore_rules import is_cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["WrittenFile", "written"]

_CHUNK = 1024**2


class WrittenFile(NamedTuple):
    """A regular file that was created or changed."""

    path: str
    """Relative to the copy, with slashes."""
    size_bytes: int
    new: bool
    """False where a file of the snapshot was changed."""


def written(root: Path, copy: str, original: Path | None, *, since_ns: int, but: str) -> Iterator[WrittenFile]:
    """Yield the regular files that were created or changed in the copy of a snapshot; without caches.

    Only files with a later change are compared: the time of a file's last change (``ctime``) is set by the file system,
    and a file that is moved has a new one.

    Parameters
    ----------
    root, copy
        The copy is the directory `copy` below `root`. No link is followed.
    original
        The snapshot; None where the copy began empty.
    since_ns
        When the copy was complete, in nanoseconds since the epoch, by the file system's clock.
    but
        Path of a directory of the copy to leave out.
    """

    def skipped(path: str) -> bool:
        environment = nofollow.find(root, f"{copy}/{path}/pyvenv.cfg") is not None
        return path == but or is_cache(path, folder=True) or environment

    for found in nofollow.walk(root, copy, skip=skipped):
        if not found.is_file or found.status.st_ctime_ns <= since_ns or is_cache(found.path, folder=False):
            continue
        before = original / found.path if original else None
        new = before is None or not before.is_file()
        if new or _differs(root, f"{copy}/{found.path}", before):
            yield WrittenFile(found.path, found.status.st_size, new)


def _differs(root: Path, path: str, before: Path | None) -> bool:
    assert before is not None
    try:
        with nofollow.open_file(root, path) as one, before.open("rb") as other:
            while (piece := one.read(_CHUNK)) == other.read(_CHUNK):
                if not piece:
                    return False
    except OSError:  # it cannot be read any more
        pass
    return True
