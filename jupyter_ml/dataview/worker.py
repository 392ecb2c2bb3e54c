# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The program that reads data files: one request after another, each a line of JSON, until its input ends.

It is a process of its own because DuckDB can be interrupted neither in every place nor at once, and because its memory
then belongs to nothing else. Credentials reach it with a request only.
"""

from __future__ import annotations

import os
import queue
import resource
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import duckdb

from jupyter_ml.dataview.open_files import OpenFiles, PlacesNeededError
from jupyter_ml.dataview.requests import Failure, Reply, Request
from jupyter_ml.errors import JupyterMLError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.dataview.open_files import Connect

__all__ = ["main"]

MEMORY_BYTES = 2 * 1024**3
"""Address space, in which DuckDB takes at most a quarter for its data."""


def main(connect: Connect) -> None:
    """Answer the requests of the standard input on the standard output, after an empty line.

    Parameters
    ----------
    connect
        Returns the file system of datastores, given their connections by name; its errors contain no credentials.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    output, sys.stdout = sys.stdout, sys.stderr
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin, requests), daemon=True).start()

    def send(line: str) -> None:
        output.write(line + "\n")
        output.flush()

    files = OpenFiles(Path(sys.argv[1]), connect)
    send("")  # the packages are imported, which takes seconds on a busy machine
    while True:
        request = Request.model_validate_json(requests.get())
        for reply in _replies(files, request):
            send(reply.model_dump_json())


def _read(source: IO[str], requests: queue.SimpleQueue[str]) -> None:
    for line in source:
        requests.put(line)
    os._exit(0)  # the client has gone, whatever is being read


def _replies(files: OpenFiles, request: Request) -> Iterator[Reply]:
    url = request.location.url
    try:
        yield from _answer(files, request)
    except PlacesNeededError as error:
        yield Reply(needs=error.references)
    except JupyterMLError as error:
        field = getattr(error, "field", None)
        yield Reply(failure=Failure(type=type(error).__name__, message=str(error), field=field))
    except Exception as error:  # noqa: BLE001 -- of DuckDB, or of the library of any file system
        is_remote = bool(request.location.connections) and not isinstance(error, duckdb.Error)
        kind = "UnavailableError" if is_remote else "InvalidInputError"
        message = f"{url} cannot be read: {' '.join(str(error).split())[:500] or type(error).__name__}"
        yield Reply(failure=Failure(type=kind, message=message))


def _answer(files: OpenFiles, request: Request) -> Iterator[Reply]:
    if request.rows is not None:
        yield Reply(rows=files.get(request.location).rows(request.rows))
    elif request.thumbnails is not None:
        yield Reply(thumbnails=files.get(request.location).thumbnails(*request.thumbnails))
    elif request.exact is None:
        yield Reply(version=files.version(request.location))
    else:
        for found in files.get(request.location).profiles():
            last = found.complete or not request.exact
            yield Reply(profile=found, complete=last)
            if last:
                return


def _connect(_: dict[str, Any]) -> Any:
    raise UnavailableError("this process reads files of this machine only")


if __name__ == "__main__":
    main(_connect)
