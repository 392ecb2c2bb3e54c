# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the files of a table that an MLTable file describes.

Its paths lead to files in its directory, or, if the caller allows it, elsewhere on this machine.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.detection import compression_and_format
from jupyter_ml.dataview.files import Files, find_files, local_file
from jupyter_ml.errors import InvalidInputError, NotFoundError, reason
from jupyter_ml.schemas.mltable import TABLE_FILE, read_mltable
from jupyter_ml.schemas.yaml import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.dataview.files import DataFile
    from jupyter_ml.schemas.mltable import MLTable, TablePath

__all__ = ["find_table"]

_WILD = re.compile(r"[*?]")


def find_table(location: str, filesystem: Any = None, outside: Path | None = None) -> Files | None:
    """Return the files of a table; None if there is no MLTable file.

    Parameters
    ----------
    location
        The MLTable file, or its directory.
    filesystem
        Where it is; None for this machine.
    outside
        Directory in which absolute paths may be; by default they are refused.

    Raises
    ------
    InvalidInputError
        If the MLTable file is not valid, or its paths lead elsewhere; the message has the line and the key.
    NotFoundError
        If there is no such file; the message has the line and the key.
    """
    folder, _, name = location.rstrip("/").rpartition("/")
    if name != TABLE_FILE:
        folder = location.rstrip("/")
    file = _table_file(folder, filesystem)
    if file is None:
        return None
    table = read_mltable(_text(file), file.name)
    files = {each.url: each for each in _all_files(table, folder, filesystem, outside)}
    return Files(location, tuple(files.values()), is_directory=True, table=table, described_by=file)


def _table_file(folder: str, filesystem: Any) -> DataFile | None:
    path = f"{folder}/{TABLE_FILE}"
    if filesystem is None:
        return local_file(Path(path)) if Path(path).is_file() else None
    if compression_and_format(folder) != (None, None):  # a file: saves a request
        return None
    try:
        found = find_files(path, filesystem)
    except NotFoundError:
        return None
    return None if found.is_directory else found.files[0]


def _text(file: DataFile) -> str:
    if file.size > MAX_BYTES:
        raise InvalidInputError(f"{file.name} has {file.size:,} bytes; an MLTable file may have {MAX_BYTES:,}")
    try:
        with file.open() as opened:
            return opened.read(MAX_BYTES + 1).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file.name} cannot be read: {reason(error)}") from None


def _all_files(table: MLTable, folder: str, filesystem: Any, outside: Path | None) -> Iterator[DataFile]:
    for index, path in enumerate(table.paths):
        key = ("paths", index, path.kind)
        try:
            top, pattern = _place(path, folder, filesystem, outside)
            found = find_files(top, filesystem)
        except NotFoundError as error:
            raise NotFoundError(str(table.error(str(error), *key))) from None
        except InvalidInputError as error:
            raise table.error(str(error), *key) from None
        if not found.is_directory and path.kind == "folder":
            raise table.error(f"{path.value} is a file: write file", *key)
        files = list(_matching(found, pattern, folder, top))
        if not files:
            raise table.error(f"there are no files at {path.value}", *key)
        yield from files


def _matching(found: Files, pattern: str, folder: str, top: str) -> Iterator[DataFile]:
    """Yield the files that match a pattern, with their names relative to the directory of the table."""
    matches = _regex(pattern) if pattern else None
    inside = top.removeprefix(folder).strip("/") if top.startswith(f"{folder}/") or top == folder else top
    for file in found.files:
        if not found.is_directory:
            yield replace(file, name=inside)
        elif (matches is None or matches.fullmatch(file.name)) and file.name != TABLE_FILE:
            yield replace(file, name=f"{inside}/{file.name}" if inside else file.name)


def _place(path: TablePath, folder: str, filesystem: Any, outside: Path | None) -> tuple[str, str]:
    """Return where the files of a path are, and the pattern of their names there.

    Raises
    ------
    InvalidInputError
        If they are neither in the directory of the table, nor where the caller may read.
    """
    value = (path.value or "").removeprefix("file://")
    if "://" in value:
        raise InvalidInputError(f"{value} is elsewhere: the files of a table are in the directory of its MLTable file")
    parts = PurePosixPath(value).parts
    if ".." in parts:
        raise InvalidInputError(f"{value} leads out of the directory of the MLTable file")
    is_wild = [path.kind == "pattern" and bool(_WILD.search(part)) for part in parts]
    wild = is_wild.index(True) if any(is_wild) else len(parts)
    top = PurePosixPath(folder, *parts[:wild]) if filesystem is None else None
    pattern = "/".join(parts[wild:])
    if top is None:
        if value.startswith("/"):
            raise InvalidInputError(f"{value} is a path of a machine, and the MLTable file is in a datastore")
        return "/".join((folder, *parts[:wild])), pattern
    allowed = [Path(folder).resolve(), *([] if outside is None else [outside.resolve()])]
    try:
        actual = Path(top).resolve()
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{value} cannot be a path: {reason(error)}") from None
    if not any(actual.is_relative_to(each) for each in allowed):
        raise InvalidInputError(f"{value} is outside of the directories that can be read here")
    return str(top), pattern


def _regex(pattern: str) -> re.Pattern[str]:
    """Return a pattern of file names as a regular expression: ``*`` does not match a slash, ``**`` does."""
    known = {"**/": r"(?:[^/]+/)*", "**": ".*", "*": r"[^/]*", "?": r"[^/]"}
    tokens = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern)
    return re.compile("".join(known.get(token) or re.escape(token) for token in tokens), re.DOTALL)
