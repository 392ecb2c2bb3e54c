# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Reduce the stream of a job to the state that its view shows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ml.schemas.escaping import overwritten, program_text
from jupyter_ml.schemas.event_log import ExecutorStarted, Log, Output
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.services.formatting import output_text
from jupyter_ml.services.jobs.stream import RunState

if TYPE_CHECKING:
    from jupyter_ml.schemas.event_log import AttemptEvent

__all__ = ["JobViewState"]

LOG_CHARACTERS = 8_000


@dataclass
class JobViewState:
    """State of a job's view: the job, its current attempt, and the end of its output.

    Attributes
    ----------
    job : Job
        Latest state of the job.
    run : RunState
        State of the current attempt, with its cells.
    log : str
        End of the output.
    note : str
        Where the job is in the queue, or which of its files are gone; empty if it does not wait and nothing is.
    error : str
        Why the job cannot be followed or canceled; empty without an error.
    lock : threading.RLock
        Hold it to read more than one value: another thread adds the items of the stream.
    """

    job: Job
    run: RunState = field(default_factory=RunState)
    log: str = ""
    note: str = ""
    error: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def add(self, item: Job | AttemptEvent) -> None:
        """Apply the next item of the job's stream."""
        with self.lock:
            if isinstance(item, Job):
                self.job = item
                return
            match item:
                case ExecutorStarted() if self.run.planned or self.log:
                    self._print("\n--- next attempt ---\n")
                case Output():
                    self._print(output_text(item.output))
                case Log():
                    self._print(item.text)
            self.run.apply(item)

    def _print(self, text: str) -> None:
        text = program_text(text[-4 * LOG_CHARACTERS :], colours=False)
        self.log = overwritten(self.log + text)[-LOG_CHARACTERS:]
