# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy a file that cannot be read where or as it is."""

from __future__ import annotations

import codecs
import shutil
from typing import TYPE_CHECKING

from jupyter_ml.dataview.detection import HEAD_BYTES
from jupyter_ml.dataview.files import local_file
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.detection import Detected
    from jupyter_ml.dataview.files import DataFile

__all__ = ["has_ranges", "local_copy", "utf8_copy"]

MAX_COPIED_BYTES = 256 * 1024**2
MAX_CONVERTED_BYTES = 1024**3


def local_copy(file: DataFile, temporary: Path) -> tuple[DataFile, list[str]]:
    """Return a file, or a copy with a note if its server sends whole files only, as some web servers do."""
    if has_ranges(file):
        return file, []
    if file.size > MAX_COPIED_BYTES:
        raise InvalidInputError(
            f"{file.name} has {file.size:,} bytes, and its server sends whole files only: copy it to this machine"
        )
    target = temporary / "whole"
    with file.open() as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    return local_file(target, file.name), ["The server sends whole files only: this one was copied."]


def has_ranges(file: DataFile) -> bool:
    """Return whether parts of a file can be read."""
    if file.filesystem is None or file.size <= 1:
        return True
    try:
        with file.open() as opened:
            opened.seek(file.size - 1)
            return len(opened.read(1)) == 1
    except ValueError:  # fsspec's for a server that has answered with the whole file
        return False


def utf8_copy(detected: Detected, temporary: Path) -> DataFile:
    """Return a copy of a text in UTF-8; InvalidInputError if it is compressed or too large."""
    file, encoding = detected.file, detected.encoding
    if file.size > MAX_CONVERTED_BYTES:
        raise InvalidInputError(
            f"{file.name} is not UTF-8, and too large to be converted for a preview "
            f"({file.size:,} bytes; {MAX_CONVERTED_BYTES:,} are allowed): iconv -f {encoding} -t utf-8"
        )
    if detected.compression is not None:
        raise InvalidInputError(f"{file.name} is compressed and not UTF-8: unpack it, iconv -f {encoding} -t utf-8")
    target = temporary / "utf-8"
    decoder = codecs.getincrementaldecoder(encoding or "cp1252")("replace")
    with file.open() as source, target.open("wb") as copy:
        while block := source.read(HEAD_BYTES):
            copy.write(decoder.decode(block).encode())
    return local_file(target, file.name)
