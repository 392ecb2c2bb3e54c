# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy directories to and from a compute that shares no files, as tar archives."""

from __future__ import annotations

import tarfile
from contextlib import suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = ["pack", "unpack"]


def pack(path: Path, archive: IO[bytes], *, but: Collection[str] = ()) -> None:
    """Write a file, or what is in a directory, into an archive.

    Parameters
    ----------
    path
        The file or directory; nothing is written where there is none. What is removed meanwhile is left out.
    archive
        What to write to; it need not be seekable.
    but
        Names of entries of the directory to leave out.
    """
    with tarfile.open(fileobj=archive, mode="w|") as tar:
        if path.is_file():
            tar.add(path, path.name)
        for entry in sorted(path.iterdir()) if path.is_dir() else ():
            if entry.name not in but:
                with suppress(FileNotFoundError):
                    tar.add(entry, entry.name)


def unpack(archive: IO[bytes], folder: Path) -> None:
    """Extract an archive into a directory.

    What could be outside of it afterwards is left out, such as absolute paths and links that lead out: the programs
    that wrote the files are not trusted.
    """
    with tarfile.open(fileobj=archive, mode="r|") as tar:
        tar.extractall(folder, filter=_inside)  # noqa: S202 -- that is what the filter is for


def _inside(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None
