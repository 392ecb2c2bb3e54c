# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read event logs, in parts of a size that a browser can process."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.eventlog.reader import HOLE, EventLogReader
from jupyter_ml.eventlog.texts import piece
from jupyter_ml.schemas.files import EventLogPart, Shortened, TextHit, TextHits, TextPart
from jupyter_ml.schemas.regular_files import open_regular
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.jobs.attempts import attempt_folder, gone_directory
from jupyter_ml.services.jobs.searching import search
from jupyter_ml.services.jobs.shortening import LINE_BYTES, shown

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.eventlog.reader import EventLogLine
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.schemas.queries import EventLogQuery, TextQuery, TextSearch
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.results import JobResults

__all__ = ["EventLogService"]

READ_BYTES = 2 * 1024**2
"""Maximum size of an event log that is read at a time, whatever the request: parsed, it is ten times as large."""

_log = logging.getLogger(__name__)


class EventLogService:
    """The event logs of the jobs of a workspace."""

    def __init__(self, context: WorkspaceContext, jobs: JobResults) -> None:
        self._layout, self._jobs = context.layout, jobs

    def attempt(self, name: str, number: int | None) -> tuple[int, AttemptFolder]:
        """Return the number and the directory of an attempt of a job, the current or last one by default.

        Raises
        ------
        NotFoundError
            If the job has no such attempt.
        """
        job = self._jobs.get(name)
        last = job.attempt
        number = last if number is None else number
        if number > last:
            raise NotFoundError(f"job {name!r} has no attempt {number}; its last one is {last}")
        return number, attempt_folder(self._layout, job, number)

    def read(self, name: str, query: EventLogQuery) -> EventLogPart:
        """Return events of an attempt from an offset on; none if the job has not started yet, or its log is gone.

        Raises
        ------
        InvalidInputError
            If the offset is inside an event.
        NotFoundError
            If the job is being deleted.
        """
        job = self._jobs.get(name)  # before the event log, which is complete once the job has ended
        number, folder = self.attempt(name, query.attempt)
        if problem := gone_directory(self._layout, job, number):
            return EventLogPart(attempt=number, events=[], offset=query.offset, complete=True, problem=problem)
        _check_offset(folder.event_log, query.offset)
        reader = EventLogReader(folder.event_log, query.offset)
        part = EventLogPart(attempt=number, events=[], offset=query.offset, complete=False)
        complete = number < job.attempt or job.state in FINAL
        with suppress(FileNotFoundError), open_regular(folder.event_log) as file:
            for line in reader.lines_of(file, LINE_BYTES):
                _add(part, line, file, whole=query.whole)
                if line.end - query.offset >= min(query.limit_bytes, READ_BYTES):
                    complete = False
                    break
        return part.model_copy(update={"offset": reader.offset, "complete": complete})

    def text(self, name: str, query: TextQuery) -> TextPart:
        """Return a part of a printed text.

        Raises
        ------
        InvalidInputError
            If no text continues at that position.
        """
        _, folder = self.attempt(name, query.attempt)
        try:
            with open_regular(folder.event_log) as file:
                text, position = piece(file, query.position, query.limit_bytes)
        except FileNotFoundError:
            raise NotFoundError(f"attempt {query.attempt} of job {name!r} has printed nothing") from None
        return TextPart(text=text, position=position)

    def search(self, name: str, query: TextSearch) -> TextHits:
        """Return the printed lines that contain a text, ignoring case and terminal colors."""
        _, folder = self.attempt(name, query.attempt)
        items: list[TextHit] = []
        total = 0
        with suppress(FileNotFoundError), open_regular(folder.event_log) as file:
            for total, hit in enumerate(search(EventLogReader(folder.event_log), file, query.text), 1):
                if total <= query.limit:
                    items.append(hit)
        return TextHits(items=items, total=total)


def _add(part: EventLogPart, line: EventLogLine, file: BinaryIO, *, whole: bool) -> None:
    """Add the event of a line, shortened if it is too large."""
    try:
        event, rest = shown(line, file, whole=whole)
    except ValueError:
        _log.warning("%s: the line at byte %d is not an event and is skipped", file.name, line.start)
        return
    if rest is not None:
        size = line.end - line.start
        part.shortened.append(Shortened(index=len(part.events), offset=line.start, size_bytes=size, **rest._asdict()))
    part.events.append(event)


def _check_offset(event_log: Path, offset: int) -> None:
    if offset == 0:
        return
    try:
        with open_regular(event_log) as file:
            file.seek(offset - 1)
            between = file.read(1) in (b"\n", HOLE)
    except FileNotFoundError:
        raise NotFoundError(f"{event_log.name} does not exist any more: the job is being deleted") from None
    if not between:
        raise InvalidInputError(f"offset: no event begins at byte {offset}; use one from a response", field="offset")
