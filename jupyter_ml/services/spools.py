"""What attempts tell, in parts that a browser can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.executor.spool import SpoolReader
from jupyter_ml.schemas.files import Shortened, SpoolPart
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.shortening import shorten

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.queries import SpoolQuery
    from jupyter_ml.schemas.spool import SpoolEvent
    from jupyter_ml.services.workspace import Workspace

__all__ = ["SpoolService"]


class SpoolService:
    """The spools of a workspace's jobs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def attempt(self, name: str, number: int | None) -> tuple[int, AttemptFolder]:
        """Return number and folder of one attempt of a job, the current or last one when `number` is None.

        Raises
        ------
        NotFoundError
            When the job has no such attempt.
        """
        last = self._workspace.jobs.get(name).attempt
        number = last if number is None else number
        if number > last:
            raise NotFoundError(f"job {name!r} has no attempt {number}; its last one is {last}")
        return number, AttemptFolder(self._workspace.layout.attempt(name, number))

    def read(self, name: str, query: SpoolQuery) -> SpoolPart:
        """Return events of an attempt from an offset on; none where the job has not started yet.

        Raises
        ------
        InvalidInputError
            When the offset is in the midst of an event.
        """
        job = self._workspace.jobs.get(name)  # before the spool: when it has ended, everything is in there
        number, folder = self.attempt(name, query.attempt)
        _check_offset(folder.spool, query.offset)
        events: list[SpoolEvent] = []
        shortened: list[Shortened] = []
        complete = number < job.attempt or job.state in FINAL
        start, reader = query.offset, SpoolReader(folder.spool, query.offset)
        for event, end in reader:
            shown = event if query.whole else shorten(event)
            if shown is not event:
                shortened.append(Shortened(index=len(events), offset=start, size_bytes=end - start))
            events.append(shown)
            start = end
            if end - query.offset >= query.limit_bytes:
                complete = False
                break
        return SpoolPart(attempt=number, events=events, shortened=shortened, offset=reader.offset, complete=complete)


def _check_offset(spool: Path, offset: int) -> None:
    if offset == 0:
        return
    try:
        with spool.open("rb") as file:
            file.seek(offset - 1)
            between = file.read(1) == b"\n"
    except FileNotFoundError:
        between = False
    if not between:
        raise InvalidInputError(
            f"offset: no event begins at byte {offset}; use one that an answer gave", field="offset"
        )
