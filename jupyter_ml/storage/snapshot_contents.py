# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find what belongs to a snapshot of a directory, within limits."""

from __future__ import annotations

import os
import stat
from heapq import nlargest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.errors import InvalidInputError, TooLargeError, reason
from jupyter_ml.storage.ignore_rules import IgnoreRules

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Contents", "Entry", "readable", "walk"]

_LOOKED_AT_PER_FILE = 20
_MAX_IGNORED = 1_000


class Entry(NamedTuple):
    """An entry of a snapshot."""

    path: str
    """Relative to the source, with slashes."""
    kind: str
    """``folder``, ``link``, ``file``, ``program`` for a file that can be executed, or ``ignored``."""
    size: int = 0
    target: str = ""
    """Where a link points to, relative to its directory; by which rule of which file something is ignored."""


class Contents(NamedTuple):
    """The entries of a directory."""

    entries: list[Entry]
    """What belongs to a snapshot, sorted by path."""
    ignored: list[Entry]
    """What ignore files exclude, the first 1,000."""


def walk(source: Path, *, max_bytes: int, max_files: int) -> Contents:
    """Return what belongs to a snapshot of `source`, and what does not; only ignore files are read.

    Raises
    ------
    TooLargeError
        When it is too large, or when there are too many files to examine.
    InvalidInputError
        For a link that leads out of `source`, and for what cannot be read.
    """
    entries: list[Entry] = []
    ignored: list[Entry] = []
    count = total = 0
    for looked_at, entry in enumerate(_entries(source)):
        if entry is not None and entry.kind == "ignored":
            ignored += [entry][: _MAX_IGNORED - len(ignored)]
        elif entry is not None:
            entries.append(entry)
            count += entry.kind != "folder"
            total += entry.size
        if looked_at > max_files * _LOOKED_AT_PER_FILE:
            raise TooLargeError(
                f"{source} has more than {looked_at:,} files and folders to look at, most of them ignored one by one: "
                "ignore whole folders in .amlignore, or submit with --no-code",
                field="code",
            )
        if count > max_files:
            raise _too_large(source, entries, max_bytes=max_bytes, max_files=max_files, all_seen=False)
    if total > max_bytes:
        raise _too_large(source, entries, max_bytes=max_bytes, max_files=max_files, all_seen=True)
    return Contents(sorted(entries, key=lambda entry: os.fsencode(entry.path)), ignored)


def _entries(source: Path) -> Iterator[Entry | None]:
    """Yield every entry below `source`, None for what is not code."""
    rules, root = IgnoreRules(source), os.path.realpath(source)
    folders = [("", rules.inside(""))]
    while folders:
        folder, patterns = folders.pop()
        try:
            with os.scandir(source / folder) as found:
                for item in found:
                    path = f"{folder}/{item.name}" if folder else item.name
                    is_folder = item.is_dir(follow_symlinks=False)
                    rule = rules.ignored_by(path, patterns, folder=is_folder)
                    entry = _entry(item, path, root) if rule is None else _ignored(path, rule)
                    if rule is None and is_folder:
                        folders.append((path, rules.inside(path, patterns)))
                    yield entry
        except OSError as error:
            raise InvalidInputError(f"{source / folder} cannot be read: {reason(error)}", field="code") from error


def _ignored(path: str, rule: str) -> Entry | None:
    return Entry(path, "ignored", target=rule) if rule else None


def _entry(item: os.DirEntry[str], path: str, root: str) -> Entry | None:
    """Return an entry; None for a socket, a pipe or a device."""
    status = item.stat(follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        return Entry(path, "link", target=_link_target(item.path, root))
    if stat.S_ISDIR(status.st_mode):
        return Entry(path, "folder")
    if stat.S_ISREG(status.st_mode):
        return Entry(path, "program" if status.st_mode & stat.S_IXUSR else "file", status.st_size)
    return None


def _link_target(link: str, root: str) -> str:
    target = Path(link).readlink()
    real = os.path.realpath(link)  # Path.resolve fails on a loop
    if os.path.commonpath([real, root]) != root:
        raise InvalidInputError(
            f"{link} is a link that leads out of the code, to {target}: "
            "replace it by what it points to, list it in .amlignore, or give its target as an input",
            field="code",
        )
    # an absolute one would lead from the copy back to the original
    return os.path.relpath(real, Path(link).parent) if target.is_absolute() else str(target)


def _too_large(source: Path, entries: list[Entry], *, max_bytes: int, max_files: int, all_seen: bool) -> TooLargeError:
    """Return the error for a source that is too large, with the largest parts and what to do."""
    count = sum(entry.kind != "folder" for entry in entries)
    total = sum(entry.size for entry in entries)
    largest = nlargest(5, (entry for entry in entries if entry.size), key=lambda entry: entry.size)
    shown = ", ".join(f"{entry.path} ({readable(entry.size)})" for entry in largest)
    return TooLargeError(
        f"the code in {source} has {'' if all_seen else 'at least '}{readable(total)} in {count:,} files; "
        f"a snapshot may have {readable(max_bytes)} in {max_files:,} files. The largest: {shown or 'all are empty'}. "
        "List what the job does not need in .amlignore, give data as an input, raise snapshots.max_bytes or "
        "snapshots.max_files in workspace.yml, or submit with --no-code.",
        field="code",
    )


def readable(size: int) -> str:
    """Return a number of bytes in a suitable unit."""
    for unit, factor in (("GB", 1_000**3), ("MB", 1_000**2), ("kB", 1_000)):
        if size >= factor:
            return f"{size / factor:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} byte{'s' * (size != 1)}"
