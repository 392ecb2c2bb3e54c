# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run an attempt of any type: stop it on request, write the executed notebook, and record its end."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.writer import EventLogFullError
from jupyter_ml.executor.outcome import CANCELED, Outcome, internal_error, request_stop
from jupyter_ml.executor.recorder import Recorder
from jupyter_ml.notebooks.assemble import write_output

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from jupyter_ml.redaction.redactor import Redactor
    from jupyter_ml.schemas.event_log import Ended
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["Stop", "attempt"]

Stop = asyncio.Future[Outcome]
"""Setting an outcome ends the run early with it, e.g. for a cancel or a timeout."""

_log = logging.getLogger("jupyter_ml.executor")


async def attempt(
    folder: AttemptFolder,
    redactor: Redactor,
    work: Callable[[Recorder, Stop], Awaitable[Outcome]],
    key: str | None = None,
    clock_ahead_s: float = 0.0,
) -> Ended:
    """Run `work`, write the executed notebook, and record how the attempt ended.

    Parameters
    ----------
    folder
        The attempt's folder.
    redactor
        Masks secrets.
    work
        Runs the job and returns its outcome. SIGTERM and SIGINT request its end.
    key, clock_ahead_s
        As for `Recorder`.

    Raises
    ------
    EventLogFullError
        If the disk is full.
    """
    stop: Stop = asyncio.get_running_loop().create_future()
    with Recorder(folder, redactor, key, clock_ahead_s) as recorder, _stopped_by_signals(stop):
        try:
            outcome = await work(recorder, stop)
        except EventLogFullError:
            raise
        except Exception as error:  # noqa: BLE001 -- any error has to end the attempt
            _log.exception("the executor itself failed")
            outcome = internal_error(error)
        ended = recorder.ended(outcome)
        try:
            write_output(folder, ended)
        except OSError:
            _log.exception("the executed notebook could not be written; it can be assembled from the event log later")
        recorder.write(ended)
        return ended


@contextmanager
def _stopped_by_signals(stop: Stop) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)
    with suppress(ValueError, RuntimeError):  # only the main thread handles signals
        for number in numbers:
            loop.add_signal_handler(number, request_stop, stop, CANCELED)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
