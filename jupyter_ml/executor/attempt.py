# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What every attempt shares, whatever runs in it: how it can be stopped, and how its end is told."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.writer import EventLogFullError
from jupyter_ml.executor.outcome import CANCELED, Outcome, ask, broke
from jupyter_ml.executor.recorder import Recorder
from jupyter_ml.notebooks.assemble import write_output

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from jupyter_ml.redaction.redactor import Redactor
    from jupyter_ml.schemas.event_log import Ended
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["Stop", "attempt"]

Stop = asyncio.Future[Outcome]
"""Whoever sets an outcome ends the run early with it: a cancel, the job's time."""

_log = logging.getLogger("jupyter_ml.executor")


async def attempt(
    folder: AttemptFolder,
    redactor: Redactor,
    work: Callable[[Recorder, Stop], Awaitable[Outcome]],
    key: str | None = None,
) -> Ended:
    """Do `work`, write the executed notebook and tell the end.

    Parameters
    ----------
    folder
        Of the attempt.
    redactor
        Knows the secrets.
    work
        Runs the job and returns how it ended. SIGTERM and SIGINT ask it to stop.
    key
        Signs the end.

    Raises
    ------
    EventLogFullError
        When there is no room for the event log.
    """
    stop: Stop = asyncio.get_running_loop().create_future()
    with Recorder(folder, redactor, key) as recorder, _stopped_by_signals(stop):
        try:
            outcome = await work(recorder, stop)
        except EventLogFullError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, the end has to be told
            _log.exception("the executor itself failed")
            outcome = broke(error)
        ended = recorder.ended(outcome)
        try:
            write_output(folder, ended)
        except OSError:
            _log.exception("the executed notebook could not be written; it can be made from the event log later")
        recorder.write(ended)
        return ended


@contextmanager
def _stopped_by_signals(stop: Stop) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)
    with suppress(ValueError, RuntimeError):  # only the main thread hears signals
        for number in numbers:
            loop.add_signal_handler(number, ask, stop, CANCELED)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
