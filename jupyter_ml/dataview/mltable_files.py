# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the files of a table that an MLTable file describes.

Its paths lead to files in its directory, or, if the caller allows it, elsewhere on this machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.detection import compression_and_format
from jupyter_ml.dataview.files import Files, find_files, local_file
from jupyter_ml.errors import InvalidInputError, NotFoundError, reason
from jupyter_ml.schemas.mltable import TABLE_FILE, read_mltable
from jupyter_ml.schemas.yaml import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyter_ml.dataview.files import DataFile
    from jupyter_ml.schemas.mltable import MLTable, TablePath

    Reach = Callable[[list[str]], Mapping[str, "Elsewhere"]]

__all__ = ["Elsewhere", "find_table"]

MAX_ELSEWHERE = 1_000
"""How many references an MLTable file may have."""

_WILD = re.compile(r"[*?]")


@dataclass(frozen=True)
class Elsewhere:
    """Where a reference leads.

    Attributes
    ----------
    url
        A path of this machine, or a URL of `filesystem`.
    filesystem
        Where it is; None for this machine.
    error
        Why it leads nowhere.
    """

    url: str = ""
    filesystem: Any = None
    error: str | None = None


def find_table(
    location: str, filesystem: Any = None, outside: Path | None = None, reach: Reach | None = None
) -> Files | None:
    """Return the files of a table; None if there is no MLTable file.

    Parameters
    ----------
    location
        The MLTable file, or its directory.
    filesystem
        Where it is; None for this machine.
    outside
        Directory in which absolute paths may be; by default they are refused.
    reach
        Returns where references lead, such as ``azureml://datastores/…`` and ``https://…``; by default these are
        refused.

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
    references = sorted({_split(path)[0] for path in table.paths if _is_elsewhere(path)})
    if len(references) > MAX_ELSEWHERE:
        raise InvalidInputError(f"{file.name} names {len(references):,} places; {MAX_ELSEWHERE:,} are allowed")
    places = reach(references) if reach is not None and references else {}
    files = {each.url: each for each in _all_files(table, folder, filesystem, outside, places)}
    return Files(location, tuple(files.values()), is_directory=True, table=table, described_by=file)


def _table_file(folder: str, filesystem: Any) -> DataFile | None:
    path = f"{folder}/{TABLE_FILE}"
    if filesystem is None:
        try:
            return local_file(Path(path)) if Path(path).is_file() else None
        except OSError as error:
            raise InvalidInputError(f"{folder} cannot be read: {reason(error)}") from None
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


def _all_files(
    table: MLTable, folder: str, filesystem: Any, outside: Path | None, places: Mapping[str, Elsewhere]
) -> Iterator[DataFile]:
    for index, path in enumerate(table.paths):
        key = ("paths", index, path.kind)
        try:
            if _is_elsewhere(path):
                top, pattern = _split(path)
                found = _files_elsewhere(top, places)
            else:
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


def _is_elsewhere(path: TablePath) -> bool:
    """Return whether a path is a reference: a URL, or the name of data."""
    value = (path.value or "").removeprefix("file://")
    return "://" in value or value.startswith("azureml:")


def _split(path: TablePath) -> tuple[str, str]:
    """Return a reference up to the first part with a wildcard, and the pattern that follows."""
    parts = (path.value or "").split("/")
    wild = next((at for at, part in enumerate(parts) if path.kind == "pattern" and _WILD.search(part)), len(parts))
    return "/".join(parts[:wild]), "/".join(parts[wild:])


def _files_elsewhere(reference: str, places: Mapping[str, Elsewhere]) -> Files:
    place = places.get(reference)
    if place is None:
        raise InvalidInputError(
            f"{reference} is elsewhere: the files of a table are in the directory of its MLTable file"
        )
    if place.error is not None:
        raise InvalidInputError(place.error)
    return find_files(place.url, place.filesystem)


def _matching(found: Files, pattern: str, folder: str, top: str) -> Iterator[DataFile]:
    """Yield the files that match a pattern, with their names relative to the directory of the table."""
    matches = _regex(pattern) if pattern else None
    inside = top.removeprefix(folder).strip("/") if top.startswith(f"{folder}/") or top == folder else top
    for file in found.files:
        if not found.is_directory:  # the name of a version need not be that of its file, which has the format
            is_named = file.url.rpartition("/")[2] == inside.rpartition("/")[2]
            yield replace(file, name=inside if is_named else file.url)
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
