# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""When something is done by itself: the triggers of schedules, with the keys of Azure ML."""

from __future__ import annotations

from abc import abstractmethod
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from jupyter_ml.schemas.base import Schema

if TYPE_CHECKING:
    from typing import Self

__all__ = ["ANY_CASE", "AnyTrigger", "CronTrigger", "RecurrencePattern", "RecurrenceTrigger", "Trigger"]

WEEK_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = 30
"""In how many periods before or after a moment a recurrence is searched; February 29 is in each eighth year."""
ANY_CASE = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)
"""Words are lower-case or capitalized in Azure's files."""
YEARS = range(1970, 3_000)
INSTANT = timedelta(microseconds=1)
START = datetime(2001, 1, 1)  # noqa: DTZ001 -- in each time zone
"""From when recurrences count that have no start time: a Monday, the first day of a month."""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # no such file, a directory, a path that leads elsewhere
        from babel.core import get_global

        found = get_global("windows_zone_mapping").get(name)
        if found is None:
            raise ValueError(f"{name[:60]!r} is not a time zone: write e.g. Europe/Berlin") from None
        return ZoneInfo(found)


def _zone_name(name: str) -> str:
    _zone(name)
    return name


def _cron(expression: str) -> str:
    from cronsim import CronSim, CronSimError

    try:
        next(CronSim(expression, datetime(2000, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(
            f"{expression[:60]!r} is not minute, hour, day, month and day of the week, such as '0 18 * * 1-5': {error}"
        ) from error
    except StopIteration:
        raise ValueError(f"{expression[:60]!r} never happens") from None
    return expression


def _usual(start: datetime) -> datetime:
    if start.year not in YEARS:
        raise ValueError(f"must be in a year from {YEARS.start} to {YEARS.stop - 1}")
    return start


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Hour = Annotated[int, Field(strict=True, ge=0, le=23)]
Minute = Annotated[int, Field(strict=True, ge=0, le=59)]
MonthDay = Annotated[int, Field(strict=True, ge=1, le=31)]
WeekDay = Annotated[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], ANY_CASE]


class Trigger(Schema):
    """When something is done by itself."""

    start_time: Annotated[datetime, AfterValidator(_usual)] | None = None
    """Not before this time, which is one of the time zone unless it has an offset; a recurrence counts from
    it, or else from Monday, January 1, 2001, 0:00."""
    time_zone: Annotated[str, StringConstraints(max_length=100), AfterValidator(_zone_name)] = "UTC"
    """Name of a time zone, such as ``Europe/Berlin``, or one of Windows, such as ``Pacific Standard Time``."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return _zone(self.time_zone)

    @property
    def start(self) -> datetime:
        """Since when it is effective, in UTC, because times of one zone are compared as if they had no offset."""
        found = self.start_time or START
        return (found.replace(tzinfo=self.zone) if found.tzinfo is None else found).astimezone(UTC)

    @abstractmethod
    def latest(self, at: datetime) -> datetime | None:
        """Return the last of its times until `at`, which is aware and included; None if there is none."""

    @abstractmethod
    def following(self, at: datetime) -> datetime | None:
        """Return the first of its times after `at`; None if there is none."""


class CronTrigger(Trigger):
    """By a cron expression."""

    type: Annotated[Literal["cron"], ANY_CASE]
    expression: Annotated[str, StringConstraints(max_length=200), AfterValidator(_cron)]
    """Minute, hour, day of the month, month and day of the week, e.g. ``0 18 * * 1-5``."""

    def latest(self, at: datetime) -> datetime | None:
        """Return the last of its times until `at`."""
        from cronsim import CronSim

        before = (at.astimezone(UTC) + INSTANT).astimezone(self.zone)
        found = next(CronSim(self.expression, before, reverse=True), None)
        return found.astimezone(UTC) if found is not None and found.astimezone(UTC) >= self.start else None

    def following(self, at: datetime) -> datetime | None:
        """Return the first of its times after `at`."""
        from cronsim import CronSim

        after = max(at.astimezone(UTC), self.start - INSTANT)
        found = next(CronSim(self.expression, after.astimezone(self.zone)), None)
        return None if found is None else found.astimezone(UTC)


class RecurrencePattern(Schema):
    """At which times of a day, and on which days."""

    hours: Annotated[list[Hour], BeforeValidator(_listed), Field(min_length=1, max_length=24)]
    minutes: Annotated[list[Minute], BeforeValidator(_listed), Field(min_length=1, max_length=60)]
    week_days: Annotated[list[WeekDay], BeforeValidator(_listed), Field(max_length=7)] = []
    """Days of a week; by default that of the start."""
    month_days: Annotated[list[MonthDay], BeforeValidator(_listed), Field(max_length=31)] = []
    """Days of a month, where the month has them; by default that of the start."""


class RecurrenceTrigger(Trigger):
    """Each so many minutes, hours, days, weeks or months."""

    type: Annotated[Literal["recurrence"], ANY_CASE]
    frequency: Annotated[Literal["minute", "hour", "day", "week", "month"], ANY_CASE]
    """The unit of the interval."""
    interval: int = Field(strict=True, default=1, ge=1, le=1_000)
    """How many of these units are between two times."""
    schedule: RecurrencePattern | None = None
    """Times of a day, for days, weeks and months; by default that of the start."""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        pattern = self.schedule
        if pattern is not None and self.frequency in ("minute", "hour"):
            raise ValueError(f"schedule: is for days, weeks and months, not for {self.frequency}s: remove it")
        if pattern is not None and pattern.week_days and self.frequency != "week":
            raise ValueError("schedule.week_days: needs frequency: week")
        if pattern is not None and pattern.month_days and self.frequency != "month":
            raise ValueError("schedule.month_days: needs frequency: month")
        if self.following(self.start) is None:
            raise ValueError("schedule.month_days: these months have none of these days")
        return self

    def latest(self, at: datetime) -> datetime | None:
        """Return the last of its times until `at`."""
        start, at = self.start, at.astimezone(UTC)
        if at < start:
            return None
        if (step := self._step) is not None:
            return start + (at - start) // step * step
        index = self._index(at)
        for period in range(index, max(index - PERIODS, -1), -1):
            if found := [each for each in self._times(period) if start <= each <= at]:
                return max(found)
        return None

    def following(self, at: datetime) -> datetime | None:
        """Return the first of its times after `at`."""
        start, at = self.start, at.astimezone(UTC)
        if (step := self._step) is not None:
            return start if at < start else start + ((at - start) // step + 1) * step
        index = max(self._index(at), 0)
        for period in range(index, index + PERIODS):
            if found := [each for each in self._times(period) if each > at and each >= start]:
                return min(found)
        return None

    @property
    def _step(self) -> timedelta | None:
        """The interval, if it is always as long."""
        unit = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}.get(self.frequency)
        return None if unit is None else unit * self.interval

    def _index(self, at: datetime) -> int:
        """Return in which of the periods from the start a time is."""
        return (self._unit(at.astimezone(self.zone)) - self._unit(self._local_start)) // self.interval

    @property
    def _local_start(self) -> datetime:
        return self.start.astimezone(self.zone)

    def _unit(self, day: date) -> int:
        """Return the number of a day, of its week or of its month."""
        if self.frequency == "month":
            return day.year * 12 + day.month - 1
        return day.toordinal() if self.frequency == "day" else (day.toordinal() - 1) // 7

    def _times(self, period: int) -> list[datetime]:
        if self.schedule is None:
            times = [self._local_start.timetz().replace(fold=0)]
        else:
            listed = product(self.schedule.hours, self.schedule.minutes)
            times = [time(hour, minute, tzinfo=self.zone) for hour, minute in listed]
        return [datetime.combine(day, each).astimezone(UTC) for day in self._days(period) for each in times]

    def _days(self, period: int) -> list[date]:
        start = self._local_start
        unit = self._unit(start) + period * self.interval
        if self.frequency == "day":
            return [date.fromordinal(unit)]
        if self.frequency == "week":
            named = self.schedule.week_days if self.schedule else []
            return [date.fromordinal(unit * 7 + 1 + day) for day in map(WEEK_DAYS.index, named)] or [
                date.fromordinal(unit * 7 + 1 + start.weekday())
            ]
        year, month = divmod(unit, 12)
        wanted = (self.schedule.month_days if self.schedule else []) or [start.day]
        return [date(year, month + 1, day) for day in wanted if day <= monthrange(year, month + 1)[1]]


def _branch(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return {"cron": "$cron", "recurrence": "$recurrence"}.get(str(kind).lower())


AnyTrigger = Annotated[
    Annotated[CronTrigger, Tag("$cron")] | Annotated[RecurrenceTrigger, Tag("$recurrence")],
    Discriminator(_branch, "trigger", "must be a mapping with type: cron or type: recurrence"),
]
"""A trigger of one of the types."""
