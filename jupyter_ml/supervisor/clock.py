# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Measure the durations of an attempt, also when the clock of the machine is set meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.clock import SteadyClock
from jupyter_ml.schemas.event_log import ExecutorStarted

if TYPE_CHECKING:
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["attempt_clock", "attempt_time"]


def attempt_clock(folder: AttemptFolder) -> SteadyClock | None:
    """Return the clock that an attempt's executor has started; None where there was none yet."""
    first = next((event for event, _ in EventLogReader(folder.event_log)), None)
    if first is None:
        return None
    return SteadyClock.resumed(first.time, first.clock if isinstance(first, ExecutorStarted) else None)


def attempt_time(folder: AttemptFolder) -> datetime:
    """Return the present moment by the attempt's clock."""
    clock = attempt_clock(folder)
    return datetime.fromtimestamp(clock.time(), UTC) if clock else now()
