# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The metrics journal of an attempt: what the processes of a job log until it is written to MLflow's tables.

Each call of a process appends one line with one ``write``, which Linux keeps apart from those of other processes.
So threads, forked and spawned workers need no queue, and what was logged survives the end of the process.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator
    from pathlib import Path

__all__ = ["INTEGERS", "Journal", "Part", "Point"]

_PART_BYTES = 2 * 1024**2
"""Bytes that are read at once; the longest line that MLflow's limits allow takes half of it."""
INTEGERS = range(-(2**63), 2**63)
"""Range of a step or a time in the database."""
_POSITION_BYTES = 32
_KEY_CHARS = 250
_RUN_CHARS = 32


class Point(NamedTuple):
    """One value of a metric."""

    key: str
    value: float
    timestamp: int
    """Milliseconds since 1970."""
    step: int


class Part(NamedTuple):
    """Some complete lines of a journal."""

    points: dict[str, list[Point]]
    """By run id."""
    unreadable: int
    """How many lines are not in the journal's format."""
    end: int
    """Position after them."""


class Journal:
    """A file of metrics, and in another file how much of it is stored.

    A process that stores a part records its end afterwards. Values may be stored any number of times, so that several
    processes may store the same part, and one may be killed in between.

    Parameters
    ----------
    path
        The file; it is created by the first `append`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = path.with_name(f"{path.name}.stored")
        self._file: int | None = None

    def append(self, run_id: str, points: Iterable[Point]) -> None:
        """Append some values of a run.

        Raises
        ------
        OSError
            When there is no space for them.
        """
        if self._file is None:
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        text = json.dumps([run_id, list(points)], separators=(",", ":"), ensure_ascii=False)
        line = b"\n%b\n" % text.encode()  # a line feed ahead ends what a full disk may have cut short before
        if os.write(self._file, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def size(self) -> int:
        """Return the number of bytes that were logged."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def stored(self) -> int:
        """Return how many of them are in MLflow's tables."""
        try:
            with open_regular(self._position) as file:  # a job can put a pipe in its place
                return int(file.read(_POSITION_BYTES) or b"0")
        except (OSError, ValueError):
            return 0

    def state(self) -> Hashable:
        """Return what changes when something is logged or stored; takes microseconds and never blocks."""
        found = []
        for path in (self.path, self._position):
            with suppress(OSError):
                status = os.lstat(path)
                found.append((status.st_size, status.st_mtime_ns))
        return tuple(found)

    def pending(self) -> bool:
        """Return whether anything waits to be stored."""
        return self.stored() < self.size()

    def read(self) -> Part:
        """Return the beginning of what was logged after the part that is stored."""
        start = self.stored()
        data = self._bytes(start)
        end = data.rfind(b"\n") + 1
        if not end and len(data) == _PART_BYTES:  # a line without an end, of another program
            return Part({}, 1, start + len(data))
        points: dict[str, list[Point]] = {}
        unreadable = 0
        for line in filter(None, data[:end].split(b"\n")):
            try:
                run_id, values = _parse(line)
            except (ValueError, TypeError, OverflowError, RecursionError):
                unreadable += 1
            else:
                points.setdefault(run_id, []).extend(values)
        return Part(points, unreadable, start + end)

    def _bytes(self, start: int) -> bytes:
        try:  # a job can put a link or a pipe in its place
            file = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            return os.pread(file, _PART_BYTES, start)
        finally:
            os.close(file)

    def mark(self, end: int) -> None:
        """Record that everything before a byte is stored."""
        file = os.open(self._position, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, b"%020d" % end, 0)
        finally:
            os.close(file)

    def remove(self) -> None:
        """Remove the files."""
        self.path.unlink(missing_ok=True)
        self._position.unlink(missing_ok=True)


def _parse(line: bytes) -> tuple[str, list[Point]]:
    """Return the values in a line, in a form that every database accepts; raise one of several errors otherwise."""
    run_id, values = json.loads(line)
    if not _storable(run_id, _RUN_CHARS):
        raise ValueError("not a run id")
    return run_id, list(_points(values))


def _points(values: Any) -> Iterator[Point]:
    for key, value, timestamp, step in values:
        if not _storable(key, _KEY_CHARS):
            raise ValueError("not a name")
        if type(value) not in (float, int) or type(timestamp) is not int or type(step) is not int:
            raise ValueError("not numbers")
        if timestamp not in INTEGERS or step not in INTEGERS:
            raise ValueError("too large")
        yield Point(key, float(value), timestamp, step)


@lru_cache(maxsize=4096)
def _storable(text: object, limit: int) -> bool:
    if not isinstance(text, str):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return len(text) <= limit and "\0" not in text
