# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Schedules by which computes are started and stopped, with the keys of Azure ML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.triggers import ANY_CASE, AnyTrigger

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["ComputeSchedules", "StartStopSchedule"]


class StartStopSchedule(Schema):
    """When a compute is started or stopped."""

    action: Annotated[Literal["start", "stop"], ANY_CASE]
    """``start`` or ``stop``."""
    trigger: AnyTrigger = Field(
        examples=['{"type": "cron", "expression": "0 18 * * 1-5", "time_zone": "Europe/Berlin"}']
    )
    """At which times."""
    state: Annotated[Literal["enabled", "disabled"], ANY_CASE] = "enabled"
    """Whether it is effective."""


class ComputeSchedules(Schema):
    """When a compute is started and stopped."""

    compute_start_stop: list[StartStopSchedule] = Field(default=[], max_length=4, title="Start and stop")
    """At most four; of two at the same time the later one in the list is effective."""

    def latest(self, at: datetime) -> tuple[datetime, Literal["start", "stop"]] | None:
        """Return the last time until `at` of those that are effective, and what was due then."""
        found = [
            (time, schedule.action)
            for schedule in reversed(self._enabled)
            if (time := schedule.trigger.latest(at)) is not None
        ]
        return max(found, key=lambda due: due[0], default=None)

    def following(self, at: datetime) -> datetime | None:
        """Return the first time after `at` at which something is due."""
        found = [schedule.trigger.following(at) for schedule in self._enabled]
        return min((each for each in found if each is not None), default=None)

    @property
    def _enabled(self) -> list[StartStopSchedule]:
        return [schedule for schedule in self.compute_start_stop if schedule.state == "enabled"]
