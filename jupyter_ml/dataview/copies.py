# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy a file that cannot be read where or as it is."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from jupyter_ml.dataview.detection import HEAD_BYTES
from jupyter_ml.dataview.files import local_file
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.detection import Detected
    from jupyter_ml.dataview.files import DataFile

__all__ = ["MAX_CONVERTED_BYTES", "copy_path", "local_copies", "utf8_copy"]

MAX_COPIED_BYTES = 256 * 1024**2
MAX_CONVERTED_BYTES = 1024**3


def local_copies(files: tuple[DataFile, ...], temporary: Path) -> tuple[tuple[DataFile, ...], tuple[str, ...]]:
    """Return files, or copies with a note of those whose server sends whole files only, as some web servers do.

    Raises
    ------
    InvalidInputError
        If that would be too much.
    """
    servers: dict[str, list[DataFile]] = {}
    for file in files:
        servers.setdefault(_server(file), []).append(file)
    refusing = {server for server, own in servers.items() if not _has_ranges(max(own, key=lambda file: file.size))}
    whole = {number: file for number, file in enumerate(files) if _server(file) in refusing}
    if not whole:
        return files, ()
    size = sum(file.size for file in whole.values())
    if size > MAX_COPIED_BYTES:
        first = next(iter(whole.values()))
        more = f" and {len(whole) - 1:,} more" if len(whole) > 1 else ""
        raise InvalidInputError(
            f"{first.name}{more}: the server sends whole files only, and {size:,} bytes are too many to copy for that "
            f"({MAX_COPIED_BYTES:,} are allowed): copy the data to this machine, or to a datastore"
        )
    copies = {number: _downloaded(file, temporary / f"whole-{number}") for number, file in whole.items()}
    note = "this one was" if len(files) == 1 else f"{len(whole):,} were"
    return (
        tuple(copies.get(number, file) for number, file in enumerate(files)),
        (f"The server sends whole files only: {note} copied.",),
    )


def copy_path(file: DataFile, folder: Path) -> Path:
    """Return where a copy of a file is, in a directory of its own: names of directories may be values of columns."""
    parts = [part for part in file.name.split("/") if part not in ("", ".", "..")]
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _downloaded(file: DataFile, folder: Path) -> DataFile:
    target = copy_path(file, folder)
    file.filesystem.get_file(file.url, str(target))
    return local_file(target, file.name)


def _server(file: DataFile) -> str:
    """Return the datastore of a file, whose files are alike in this respect; empty for this machine."""
    return "" if file.filesystem is None else "/".join(file.url.split("/", 4)[:4])


def _has_ranges(file: DataFile) -> bool:
    """Return whether parts of a file can be read."""
    if file.filesystem is None or file.has_ranges or file.size <= 1:
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
