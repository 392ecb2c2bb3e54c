# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Extract directories of a compute that shares no files, which come as tar archives."""

from __future__ import annotations

import tarfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["unpack"]


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
