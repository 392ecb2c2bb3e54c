# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write files of a job into a ZIP archive, which is sent while it is written."""

from __future__ import annotations

import os
import time
from itertools import islice
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from jupyter_ml.errors import JupyterMLError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.services.jobs.file_tree import FileTree, TreeEntry

__all__ = ["MISSING", "missing_text", "zip_chunks"]

CHUNK_BYTES = 1024**2
MAX_FILES = 100_000
MISSING = "not downloaded.txt"
"""Name of a file that lists what could not be read."""
_FIRST_TIME = (1980, 1, 1, 0, 0, 0)
_LAST_YEAR = 2107


class _Buffer:
    """A file that cannot seek; what was written is taken out."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def zip_chunks(tree: FileTree, path: str = "") -> Iterator[bytes]:
    """Yield a ZIP archive of the files in a directory and below, a megabyte at a time.

    Files are stored without compression: most large ones, as models, Parquet files and images, are compressed already.
    What cannot be read is listed in a file of the archive, because a part of it has been sent by then.
    """
    buffer, missing = _Buffer(), list[str]()
    parent = path.rpartition("/")[0]
    with ZipFile(buffer, "w", ZIP_STORED, strict_timestamps=False) as archive:  # type: ignore[call-overload]
        for number, each in enumerate(islice(tree.walk(path), MAX_FILES + 1)):
            if number == MAX_FILES:
                missing.append(f"all but the first {MAX_FILES:,} files")
                break
            try:
                yield from _add(archive, buffer, tree, each, each.path[len(parent) + 1 if parent else 0 :])
            except (OSError, JupyterMLError) as error:
                missing.append(f"{each.path}: {reason(error)}")
        if text := missing_text([*tree.problems, *missing]):
            archive.writestr(MISSING, text)
    yield buffer.take()


def missing_text(problems: list[str]) -> str:
    """Return the content of the file that lists what could not be read; an empty text if everything was read."""
    lines = [os.fsencode(problem).decode(errors="replace") for problem in problems]
    return "".join(f"{line}\n" for line in lines)


def _add(archive: ZipFile, buffer: _Buffer, tree: FileTree, each: TreeEntry, name: str) -> Iterator[bytes]:
    with tree.open(each.path) as source:
        info = ZipInfo(os.fsencode(name).decode(errors="replace"), _time(each.entry.modified))
        info.external_attr = 0o644 << 16
        with archive.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)
                yield buffer.take()


def _time(modified: float | None) -> tuple[int, int, int, int, int, int]:
    if modified is None:
        return _FIRST_TIME
    found = time.localtime(modified)[:6]
    return found if _FIRST_TIME[0] <= found[0] <= _LAST_YEAR else _FIRST_TIME
