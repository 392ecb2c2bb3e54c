# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The program that reads data files: one request after another, each a line of JSON, until its input ends.

It is a process of its own because DuckDB can be interrupted neither in every place nor at once, and because its memory
then belongs to nothing else.
"""

from __future__ import annotations

import os
import queue
import resource
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

import duckdb

from jupyter_ml.dataview.detection import detect
from jupyter_ml.dataview.lines import index_lines
from jupyter_ml.dataview.profiles import profile
from jupyter_ml.dataview.requests import Failure, Reply, Request
from jupyter_ml.dataview.rows import Page, can_be_indexed, read_rows
from jupyter_ml.dataview.tables import open_table
from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.data_view import DataProfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.dataview.lines import LineIndex
    from jupyter_ml.dataview.tables import Table
    from jupyter_ml.schemas.data_view import DataRows

__all__ = ["main"]

MEMORY_BYTES = 2 * 1024**3
"""Address space, in which DuckDB takes at most a quarter for its data."""
FILES = 4
"""Number of files that stay open."""


class _OpenFile:
    """A file that is open, and the index of its lines, which is created on first use."""

    def __init__(self, path: Path, temporary: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=temporary))
        self.table: Table = open_table(detect(path), self.folder)
        self._index: LineIndex | None = None
        self._indexed = not can_be_indexed(self.table)

    def index(self) -> LineIndex | None:
        """Return the index of its lines; None for a file that has none."""
        if not self._indexed:
            quoted = self.table.dialect.get("quote") == '"'
            self._index = index_lines(self.table.file, quoted=quoted)
            self._indexed = True
        return self._index

    def rows(self, page: Page) -> DataRows:
        """Return a page; the first one does not wait for the index, unless the file is small."""
        found = self.table.detected
        index = self.index() if page.offset or found.whole or self._indexed else None
        return read_rows(self.table, page, index, self.folder)

    def close(self) -> None:
        """Close the file and remove what was written for it."""
        self.table.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Files:
    """The files that are open, by what they are now."""

    def __init__(self, temporary: Path) -> None:
        self._temporary = temporary
        self._open: dict[tuple[str, int, int, int], _OpenFile] = {}

    def get(self, path: Path) -> _OpenFile:
        """Return a file, opened again if it has changed."""
        try:
            stat = path.stat()
            key = str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns
        except (OSError, ValueError):
            key = str(path), 0, 0, 0  # the error comes from reading it
        found = self._open.pop(key, None) or _OpenFile(path, self._temporary)
        self._open[key] = found
        while len(self._open) > FILES:
            self._open.pop(next(iter(self._open))).close()
        return found


def main() -> None:
    """Answer the requests of the standard input on the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    output, sys.stdout = sys.stdout, sys.stderr
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    temporary = Path(sys.argv[1])
    threading.Thread(target=_read, args=(sys.stdin, requests), daemon=True).start()
    files = _Files(temporary)
    while True:
        request = Request.model_validate_json(requests.get())
        for reply in _replies(files, request):
            output.write(reply.model_dump_json() + "\n")
            output.flush()


def _read(source: IO[str], requests: queue.SimpleQueue[str]) -> None:
    for line in source:
        requests.put(line)
    os._exit(0)  # the client has gone, whatever is being read


def _replies(files: _Files, request: Request) -> Iterator[Reply]:
    start = time.monotonic()
    try:
        file = files.get(request.path)
        if request.page is not None:
            yield Reply(rows=file.rows(Page(request.page[0], request.page[1])), complete=True)
            return
        for wave in profile(file.table):
            found = DataProfile(
                path=str(request.path),
                format=file.table.format,
                rows=wave.rows,
                columns=wave.columns,
                complete=wave.complete,
                elapsed_s=time.monotonic() - start,
            )
            yield Reply(profile=found, complete=wave.complete or not request.exact)
            if not request.exact:
                return
    except JupyterMLError as error:
        yield Reply(failure=Failure(type=type(error).__name__, message=str(error)), complete=True)
    except (duckdb.Error, OSError, MemoryError) as error:
        message = f"{request.path} cannot be read: {' '.join(str(error).split())[:500] or type(error).__name__}"
        yield Reply(failure=Failure(type="InvalidInputError", message=message), complete=True)


if __name__ == "__main__":
    main()
