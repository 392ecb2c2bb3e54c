# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Follow a job: its changes of state from the database, its events from its event logs."""

from __future__ import annotations

import logging
import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.run_state import RunState
from jupyter_ml.eventlog.texts import TEXT, raw_pieces, text_end, with_text
from jupyter_ml.schemas.event_log import parse_event
from jupyter_ml.schemas.jobs import MLFLOW_RUN
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.regular_files import open_regular
from jupyter_ml.schemas.states import FINAL, JobState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["RunState", "stream"]  # clients reduce the events of a stream with RunState

TICK_S = 0.1
"""Interval at which an event log is checked; changes of state are notified."""
GUARD_S = 2.0
"""Interval at which the supervisor is checked."""
PIECE_BYTES = 1024**2
"""Maximum length of a text in one event."""

_log = logging.getLogger(__name__)


def stream(context: WorkspaceContext, name: str) -> Iterator[Job | AttemptEvent]:
    """Yield a job whenever it changes and every event of its attempts, until it has ended.

    The job comes first and last; a run logged directly with MLflow comes once.

    Raises
    ------
    UnavailableError
        If it waits in the queue and no supervisor starts.
    """
    seen: Job | None = None
    attempt, event_log = 0, None
    guarded = -math.inf
    with context.listen() as listener:
        while True:
            job = context.store.jobs.get(name)
            # read the event log of a failed attempt to its end before that of the next one
            while attempt < job.attempt:
                if event_log is not None:
                    yield from _events(event_log)
                attempt += 1
                event_log = EventLogReader(AttemptFolder(context.layout.attempt(name, attempt)).event_log)
            if job != seen and job.state not in FINAL:
                yield job
                seen = job
            if event_log is not None:
                yield from _events(event_log)
            if job != seen:
                yield job
            if job.state in FINAL or job.type == MLFLOW_RUN:
                return
            if time.monotonic() - guarded > GUARD_S:
                context.supervisor.ensure()
                guarded = time.monotonic()
            if job.state is JobState.QUEUED and (failure := context.supervisor.failure):
                raise UnavailableError(f"job {name} waits in the queue: {failure}")
            listener.wait(TICK_S)


def _events(event_log: EventLogReader) -> Iterator[AttemptEvent]:
    """Yield new events; a long text in several, so that a client holds a part of it at a time."""
    with suppress(FileNotFoundError), open_regular(event_log.path) as file:
        for line in event_log.lines_of(file, PIECE_BYTES):
            text = None if line.whole else TEXT.match(line.content)
            try:
                if text is None:
                    yield parse_event(line.content if line.whole else event_log.whole(file, line))
                else:
                    pieces = raw_pieces(file, line.start + text.end(), text_end(file, line))
                    yield from (parse_event(with_text(text, raw)) for _, raw in pieces)
            except ValueError:
                _log.warning("%s: the line at byte %d is not an event and is skipped", event_log.path, line.start)
