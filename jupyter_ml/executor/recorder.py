# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Record an attempt: events in the event log and plain text in ``std_log.txt``, both with secrets masked."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, TypeVar

from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.schemas.clock import SteadyClock
from jupyter_ml.schemas.event_log import AttemptEvent, Ended, ExecutorStarted, Warned
from jupyter_ml.schemas.warnings import MAX_WARNINGS, JobWarning

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from jupyter_ml.executor.outcome import Outcome
    from jupyter_ml.redaction.redactor import Redactor
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["Recorder"]

E = TypeVar("E", bound=AttemptEvent)
PRIVATE_IN_CAUSE = ("message", "hint", "cell_source", "exception", "value", "traceback")
"""Fields of a cause that may quote output of the user's code."""


class Recorder:
    """Write the event log and the plain log of an attempt.

    Parameters
    ----------
    folder
        The attempt's folder.
    redactor
        Masks secrets. It is applied to causes and warnings here; outputs and streams are masked by the caller, because
        a stream may have to wait for its next chunk.
    key
        Signs the last event, if given.
    clock_ahead_s
        By how many seconds the clock of this machine is ahead of the one by which events are dated.
    """

    def __init__(
        self, folder: AttemptFolder, redactor: Redactor, key: str | None = None, clock_ahead_s: float = 0.0
    ) -> None:
        self.redactor = redactor
        self._clock = SteadyClock(time.time() - clock_ahead_s)
        self._event_log = EventLogWriter(folder.event_log, key)
        self._warnings: list[JobWarning] = []
        self._std_log = _open(folder.std_log)
        self._folder, self._process_logs = folder, dict[int, IO[str]]()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._event_log.close()
        with suppress(OSError):  # a full disk is already reported
            for log in (self._std_log, *self._process_logs.values()):
                log.close()

    def emit(self, kind: type[E], **fields: Any) -> None:
        """Append an event with the current time; EventLogFullError if the disk is full."""
        self.write(kind(time=self._clock.time(), **fields))

    def started(self, cells: list[int]) -> None:
        """Append the first event."""
        self.write(ExecutorStarted(time=self._clock.start, clock=self._clock.reading, pid=os.getpid(), cells=cells))

    def write(self, event: AttemptEvent) -> None:
        """Append an event."""
        self._event_log.write(event)

    def warn(self, message: str, cell: int | None = None, hint: str | None = None) -> bool:
        """Record a warning; return False if the same one was recorded before, or too many."""
        text = self.redactor.value({"message": message, "hint": hint})
        warning = JobWarning(**text, cell=cell if cell is not None and cell >= 0 else None)
        if warning in self._warnings or len(self._warnings) >= MAX_WARNINGS:
            return False
        self._warnings.append(warning)
        self.emit(Warned, warning=warning)
        return True

    def print(self, text: str) -> None:
        """Append output of the kernel or the command to the plain log."""
        with self._event_log.report_full_disk():
            self._std_log.write(text)

    def print_of(self, rank: int, text: str) -> None:
        """Append output of one of several processes to the log of that process."""
        with self._event_log.report_full_disk():
            if rank not in self._process_logs:
                self._folder.process_logs.mkdir(mode=0o700, exist_ok=True)
                self._process_logs[rank] = _open(self._folder.process_log(rank))
            self._process_logs[rank].write(text)

    def log(self, text: str) -> None:
        """Append a line of the executor itself to the plain log."""
        self.print(self.redactor.text(text))

    def ended(self, outcome: Outcome) -> Ended:
        """Return the last event, for `write`."""
        cause = outcome.cause
        if cause is not None:
            private = self.redactor.value({name: getattr(cause, name) for name in PRIVATE_IN_CAUSE})
            cause = cause.model_copy(update=private)
        damaged = self._event_log.damaged()
        return Ended(time=self._clock.time(), state=outcome.state, cause=cause, damaged=damaged)


def _open(path: Path) -> IO[str]:
    """Return a text file that only its owner can read, of which each line is written at once."""
    path.touch(mode=0o600)
    return path.open("a", encoding="utf-8", errors="replace", newline="", buffering=1)
