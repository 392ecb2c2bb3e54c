# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The program that checks and downloads the inputs of a job, and uploads its outputs.

It reads a `DeliveryRequest` from its standard input and writes `Delivered` lines to its standard output. It ends when
its input is closed; until then it locks what it has downloaded. It is a process of its own so that it can be killed,
and the executor imports none of its libraries.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError, NotFoundError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.delivery import Delivered, DeliveryRequest, is_folder
from jupyter_ml.schemas.fingerprints import Fingerprint, comparison
from jupyter_ml.schemas.references import LocalPath, parse_reference
from jupyter_ml.storage import nofollow
from jupyter_ml.storage.cache import DownloadCache, entry_key
from jupyter_ml.storage.fingerprints import compare, remote_fingerprint
from jupyter_ml.storage.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from jupyter_ml.schemas.delivery import Delivery, Upload
    from jupyter_ml.storage.sources import RemoteFile, Source

__all__ = ["main"]

REPORT_S = 0.5
"""How often progress is reported."""


def main() -> None:
    """Answer the request on standard input."""
    output, sys.stdout = sys.stdout, sys.stderr
    writing = Lock()

    def write(line: Delivered) -> None:
        with writing:  # files are transferred in several threads
            output.write(line.model_dump_json(exclude_defaults=True) + "\n")
            output.flush()

    request = DeliveryRequest.model_validate_json(sys.stdin.readline())
    with ExitStack() as used:
        work = _Work(request, write, used)
        for delivery in request.inputs:
            _report(delivery.name, write, partial(work.deliver, delivery))
        for upload in request.uploads:
            _report(upload.name, write, partial(work.upload, upload))
        sys.stdin.read()


def _report(name: str, write: Callable[[Delivered], None], call: Callable[[], Delivered]) -> None:
    try:
        write(call())
    except (JupyterMLError, OSError) as error:
        write(Delivered(name=name, error=str(error)))


class _Work:
    """What one request needs."""

    def __init__(self, request: DeliveryRequest, write: Callable[[Delivered], None], used: ExitStack) -> None:
        self._folder, self._write, self._used = Path(request.folder), write, used
        self._cache = DownloadCache(Path(request.cache), request.max_bytes)
        self._connections = request.connections

    def deliver(self, delivery: Delivery) -> Delivered:
        """Check and download an input."""
        try:
            if isinstance(parse_reference(delivery.location), LocalPath):
                return self._local(delivery)
            return self._remote(delivery)
        except NotFoundError as error:
            return Delivered(name=delivery.name, state="missing", detail=str(error))

    def upload(self, upload: Upload) -> Delivered:
        """Upload an output."""
        origin = self._folder / upload.source
        if nofollow.is_folder(self._folder, upload.source):
            found = [each for each in nofollow.walk(self._folder, upload.source) if each.is_file]
        else:
            file = nofollow.find(self._folder, upload.source)
            found = [file._replace(path="")] if file is not None and file.is_file else []
        if not found:
            raise NotFoundError(f"the job has written nothing to outputs/{upload.name}")
        size = sum(each.status.st_size for each in found)
        source = self._open(upload.location)
        source.upload(origin, [each.path for each in found if each.path], self._progress(upload.name, size))
        return Delivered(name=upload.name, files=len(found), bytes=size, path=upload.location)

    def _local(self, delivery: Delivery) -> Delivered:
        assert delivery.expected is not None
        now, detail = compare(Path(delivery.location), delivery.expected)
        state = "changed" if detail else "unchanged"
        return Delivered(name=delivery.name, state=state, detail=detail, files=now.files, bytes=now.bytes)

    def _remote(self, delivery: Delivery) -> Delivered:
        source = self._open(delivery.location)
        folder = is_folder(delivery.type, delivery.location)
        files = source.files(folder=folder)
        now = remote_fingerprint(files)
        found = _compared(delivery, now)
        if not delivery.download or (found.state == "changed" and delivery.on_change == "fail"):
            return found
        folder_path, lock, cached = self._used.enter_context(self._download(delivery, source, files, now, folder))
        return found.model_copy(update={"path": str(folder_path), "lock": str(lock), "cached": cached})

    def _download(
        self, delivery: Delivery, source: Source, files: list[RemoteFile], now: Fingerprint, folder: bool
    ) -> AbstractContextManager[tuple[Path, Path, bool]]:
        key = entry_key(source.identity, now, folder=folder)
        progress = self._progress(delivery.name, now.bytes)

        def download(target: Path) -> None:
            source.download(files, target, progress, folder=folder)

        return self._cache.entry(key, delivery.location, now.bytes, download)

    def _open(self, location: str) -> Source:
        source = open_source(location, self._connect)
        self._used.callback(source.close)
        return source

    def _connect(self, name: str) -> Connection:
        if name not in self._connections:
            raise NotFoundError(f"there is no datastore {name!r}, or its credentials cannot be read")
        return Connection.of(self._connections[name])

    def _progress(self, name: str, size: int) -> Callable[[int], None]:
        """Return a function that adds bytes to what is done, and reports it from time to time."""
        done, at = 0, 0.0

        def add(more: int) -> None:
            nonlocal done, at
            done += more
            if (now := time.monotonic()) - at >= REPORT_S:
                at = now
                self._write(Delivered(name=name, done=done, bytes=size))

        return add


def _compared(delivery: Delivery, now: Fingerprint) -> Delivered:
    found = Delivered(name=delivery.name, files=now.files, bytes=now.bytes)
    before = delivery.expected
    if before is None:
        return found
    state, detail = comparison(before, now)
    return found.model_copy(update={"state": state, "detail": detail})


if __name__ == "__main__":
    main()
