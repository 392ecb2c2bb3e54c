# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read data files in worker processes."""

from __future__ import annotations

import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from jupyter_ml import errors
from jupyter_ml.dataview.requests import Place, Request
from jupyter_ml.dataview.worker_process import WorkerProcess
from jupyter_ml.errors import InvalidInputError, JupyterMLError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from jupyter_ml.dataview.requests import Failure, Location, Reply, RowsRequest
    from jupyter_ml.schemas.data_view import DataProfile, DataRows, Thumbnails

__all__ = ["DataReader"]

QUEUE_S = 60.0
"""How long to wait for a worker: what others read ends, or is ended by its limits."""
WORKERS = 2
"""Number of workers that stay, with the files that they have open."""


class DataReader:
    """Reads data files; several threads may use one at the same time.

    Parameters
    ----------
    program
        Module that calls `jupyter_ml.dataview.worker.main`.
    locate
        Returns where a reference in an MLTable file leads that is not a path; by default such are refused.

    Raises
    ------
    UnavailableError
        From its methods, if the packages are not installed, or reading takes too much work or memory.
    NotFoundError, InvalidInputError
        From its methods, if there is no such file, or it cannot be read as a table.
    """

    def __init__(
        self, program: str = "jupyter_ml.dataview.worker", locate: Callable[[str], Location] | None = None
    ) -> None:
        self._program, self._locate = program, locate or _refuse
        self._workers: list[WorkerProcess] = []
        self._changed = threading.Condition()
        self._closings = 0

    def rows(self, location: Location, rows: RowsRequest) -> DataRows:
        """Return a page of rows, or how far the search for it is."""
        found = self._reply(Request(location=location, rows=rows)).rows
        assert found is not None
        return found

    def thumbnails(self, location: Location, offset: int, limit: int) -> Thumbnails:
        """Return thumbnails of some images of a directory."""
        found = self._reply(Request(location=location, thumbnails=(offset, limit))).thumbnails
        assert found is not None
        return found

    def version(self, location: Location) -> str | None:
        """Return a text that changes with what is at a location; None if changes cannot be seen."""
        return self._reply(Request(location=location)).version

    def profiles(
        self, location: Location, cancelled: threading.Event | None = None, *, exact: bool = True
    ) -> Iterator[DataProfile]:
        """Yield profiles of a file, each more exact than the one before; only the first unless it is to be `exact`.

        Closing the iterator ends the work, as does `cancelled`, with UnavailableError.
        """
        request = Request(location=location, exact=exact)
        # an exact profile takes long: pages of the same file are read by another worker
        worker = WorkerProcess.start(self._program) if exact else None
        with closing(self._replies(request, cancelled, worker)) as replies:
            for reply in replies:
                assert reply.profile is not None
                yield reply.profile

    def close(self) -> None:
        """End the workers; what other threads read fails."""
        with self._changed:
            self._closings += 1
            self._changed.notify_all()  # threads that wait for a worker
            workers, self._workers = self._workers, []
            for worker in [each for each in workers if each.busy]:
                worker.end()  # the thread that reads from it gives it back
        for worker in [each for each in workers if not each.busy]:
            worker.kill()

    def _reply(self, request: Request) -> Reply:
        with closing(self._replies(request)) as replies:
            return next(replies)

    def _replies(
        self,
        request: Request,
        cancelled: threading.Event | None = None,
        own: WorkerProcess | None = None,
    ) -> Generator[Reply]:
        """Yield the replies of a worker, which is killed when it is not `own` and has not sent the last one."""
        with self._worker(request, own) as worker:
            worker.send(request)
            while worker.is_pending:
                reply = worker.receive(request, cancelled, bounded=not request.exact)
                if reply.needs is not None:
                    request = request.model_copy(update={"location": self._with(request.location, reply.needs)})
                    worker.send(request)
                    continue
                if reply.failure is not None:
                    raise _error(reply.failure)
                yield reply

    def _with(self, location: Location, references: list[str]) -> Location:
        """Return a location with the places of further references, and how to reach them."""
        places, connections = {**location.elsewhere}, {**location.connections}
        for reference in references:
            try:
                found = self._locate(reference)
            except JupyterMLError as error:
                places[reference] = Place(error=str(error))
                continue
            places[reference] = Place(url=found.url)
            connections |= found.connections
        return location.model_copy(update={"elsewhere": places, "connections": connections})

    @contextmanager
    def _worker(self, request: Request, own: WorkerProcess | None) -> Iterator[WorkerProcess]:
        """Take a worker, and give it back if it has sent all replies; otherwise kill it."""
        worker = own or self._take(request)
        try:
            yield worker
        finally:
            with self._changed:
                keep = not worker.is_pending and worker in self._workers
                if keep:
                    worker.busy = False  # only now may another thread take it
                elif worker in self._workers:
                    self._workers.remove(worker)
                self._changed.notify_all()
            if not keep:
                worker.kill()

    def _take(self, request: Request) -> WorkerProcess:
        """Return the worker that has the file open, or another one that waits, or a new one."""
        url, end = request.location.url, time.monotonic() + QUEUE_S
        with self._changed:
            closings = self._closings
            while True:
                for worker in [each for each in self._workers if not each.busy and not each.alive]:
                    self._workers.remove(worker)
                    worker.kill()
                mine = [worker for worker in self._workers if worker.last_url == url]
                idle = [worker for worker in self._workers if not worker.busy]
                usable = [worker for worker in mine if not worker.busy] if mine else idle[:1]
                if not usable and not mine and len(self._workers) < WORKERS:
                    usable = [WorkerProcess.start(self._program)]
                    self._workers += usable
                if usable:
                    usable[0].busy, usable[0].last_url = True, url
                    return usable[0]
                if not self._changed.wait(max(0.0, end - time.monotonic())):
                    raise UnavailableError(f"{url} could not be read within {QUEUE_S:g} s: other files are being read")
                if self._closings != closings:
                    raise UnavailableError(f"{url} could not be read: the reader was closed")


def _refuse(reference: str) -> Location:
    raise InvalidInputError(f"{reference} is elsewhere: the files of a table are in the directory of its MLTable file")


def _error(failure: Failure) -> Exception:
    kind = getattr(errors, failure.type, InvalidInputError)
    if failure.field is not None:
        return InvalidInputError(failure.message, field=failure.field)
    error: Exception = kind(failure.message)
    return error
