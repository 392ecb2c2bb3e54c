# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A clock that cannot be set: durations are right even if the machine's time of day is changed."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field

from jupyter_ml.schemas.base import Schema

__all__ = ["ClockReading", "SteadyClock"]


class ClockReading(Schema):
    """The seconds that this machine has been awake since it was started, at one time."""

    boot: str = Field(max_length=64)
    """Identifies one start of the machine."""
    seconds: float = Field(allow_inf_nan=False)


def _read() -> ClockReading:
    # the same for all processes; it stops while the machine sleeps, as its jobs do
    return ClockReading(boot=_boot(), seconds=time.monotonic())


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


class SteadyClock:
    """Return the time of day from a start that is fixed and the seconds since then.

    Parameters
    ----------
    start
        The time of day when it was created, in seconds since the epoch.
    reading
        Of that time.
    """

    def __init__(self, start: float | None = None, reading: ClockReading | None = None) -> None:
        self.start = time.time() if start is None else start
        self.reading = reading or _read()

    @classmethod
    def resumed(cls, start: float, reading: ClockReading | None) -> Self:
        """Return the clock of another process, or one from the time of day after a restart of the machine."""
        here = _read()
        if reading is None or reading.boot != here.boot or reading.seconds > here.seconds:
            since = max(0.0, time.time() - start)
            reading = here.model_copy(update={"seconds": here.seconds - since})
        return cls(start, reading)

    def time(self) -> float:
        """Return the time of day, in seconds since the epoch."""
        return self.start + self.elapsed()

    def elapsed(self) -> float:
        """Return the seconds since the clock was created in which the machine was awake."""
        return time.monotonic() - self.reading.seconds
