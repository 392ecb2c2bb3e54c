# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Triggers find their times in their time zone, before and after a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.compute_schedules import ComputeSchedules
from jupyter_ml.schemas.triggers import AnyTrigger, CronTrigger, RecurrenceTrigger, Trigger
from jupyter_ml.schemas.validation import validated

FRIDAY = datetime(2026, 11, 27, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def cron(expression: str, **keys: str) -> Trigger:
    return validated(CronTrigger, {"type": "cron", "expression": expression, **keys})


def each(frequency: str, interval: int = 1, **keys) -> Trigger:
    return validated(RecurrenceTrigger, {"type": "recurrence", "frequency": frequency, "interval": interval, **keys})


def times(trigger: Trigger, at: datetime = FRIDAY) -> tuple[str | None, str | None]:
    found = trigger.latest(at), trigger.following(at)
    before, after = (time and time.astimezone(trigger.zone).strftime("%m-%d %H:%M") for time in found)
    return before, after


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        (cron("0 18 * * *"), ("11-26 18:00", "11-27 18:00")),
        (cron("0 12 * * *"), ("11-27 12:00", "11-28 12:00")),
        (cron("0 18 * * 1-5", time_zone="Europe/Berlin"), ("11-26 18:00", "11-27 18:00")),
        (cron("0 18 * * *", time_zone="Pacific Standard Time"), ("11-26 18:00", "11-27 18:00")),
        (cron("0 8 * * 7"), ("11-22 08:00", "11-29 08:00")),
        (cron("0 0 13 * 5"), ("11-27 00:00", "12-04 00:00")),
        (cron("0 18 * * *", start_time="2026-11-27T19:00:00"), (None, "11-28 18:00")),
        (cron("0 18 * * *", start_time="2026-11-27T18:00:00"), (None, "11-27 18:00")),
        (each("minute", 15), ("11-27 12:00", "11-27 12:15")),
        (each("hour", 5, start_time="2026-11-27T01:30:00+00:00"), ("11-27 11:30", "11-27 16:30")),
        (each("day", schedule={"hours": [8, 18], "minutes": 30}), ("11-27 08:30", "11-27 18:30")),
        (each("day", 2, start_time="2026-11-24T06:00:00"), ("11-26 06:00", "11-28 06:00")),
        (each("day", start_time="2026-11-27T12:00:01"), (None, "11-27 12:00")),
        (each("day", start_time="2026-11-28T06:00:00"), (None, "11-28 06:00")),
        (
            each("Week", schedule={"hours": 9, "minutes": 0, "week_days": ["Monday", "friday"]}),
            ("11-27 09:00", "11-30 09:00"),
        ),
        (each("week", 2, start_time="2026-11-19T09:00:00"), ("11-19 09:00", "12-03 09:00")),
        (each("month", schedule={"hours": 0, "minutes": 0, "month_days": [31]}), ("10-31 00:00", "12-31 00:00")),
        (each("month", 12, start_time="2024-02-29T00:00:00"), ("02-29 00:00", "02-29 00:00")),
    ],
)
def test_the_time_before_and_after_a_moment(trigger, expected):
    assert times(trigger) == expected


@pytest.mark.parametrize(
    "trigger",
    [
        cron("30 2 * * *", time_zone="Europe/Berlin"),
        each("day", time_zone="Europe/Berlin", schedule={"hours": 2, "minutes": 30}),
    ],
)
def test_a_time_comes_once_on_days_with_a_change_of_the_clock(trigger):
    """An hour is missing on March 29, 2026, and another one is there twice on October 25."""
    found, at = [], datetime(2026, 3, 28, 12, tzinfo=BERLIN)
    for _ in range(2):
        at = trigger.following(at)
        found.append(at.astimezone(UTC).strftime("%m-%d %H:%M"))
    assert found[0] in ("03-29 01:00", "03-29 01:30")
    assert found[1] == "03-30 00:30"
    assert trigger.following(datetime(2026, 10, 24, 12, tzinfo=BERLIN)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert trigger.following(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"type": "cron", "expression": "0 18 * *"}, "expression: '0 18 .*: Wrong number of fields"),
        ({"type": "cron", "expression": "0 0 30 2 *"}, "Bad day-of-month"),
        ({"type": "cron", "expression": "0 0 * * *", "time_zone": "../etc/passwd"}, "'../etc/passwd' is not a time"),
        ({"type": "cron", "expression": "0 0 * * *", "time_zone": "Mars"}, "time_zone: 'Mars' is not a time zone"),
        ({"type": "cron", "expression": "0 0 * * *", "start_time": "9999-12-31"}, "start_time: must be in a year"),
        ({"type": "recurrence", "frequency": "year"}, "frequency: must be 'minute', 'hour', 'day', 'week' or 'month'"),
        ({"type": "recurrence", "frequency": "day", "interval": 0}, "interval: must be 1 or more"),
        (
            {"type": "recurrence", "frequency": "hour", "schedule": {"hours": 1, "minutes": 1}},
            "is for days, weeks and months, not for hours",
        ),
        (
            {"type": "recurrence", "frequency": "day", "schedule": {"hours": 1, "minutes": 1, "week_days": "monday"}},
            "schedule.week_days: needs frequency: week",
        ),
        (
            {"type": "recurrence", "frequency": "week", "schedule": {"hours": 1, "minutes": 1, "month_days": 1}},
            "schedule.month_days: needs frequency: month",
        ),
        (
            {
                "type": "recurrence",
                "frequency": "month",
                "interval": 12,
                "start_time": "2026-02-01",
                "schedule": {"hours": 1, "minutes": 1, "month_days": 31},
            },
            "these months have none of these days",
        ),
        ({"type": "never"}, "must be a mapping with type: cron or type: recurrence"),
    ],
)
def test_what_is_wrong_is_reported(keys, message):
    with pytest.raises(InvalidInputError, match=message):
        validated(ComputeSchedules, {"compute_start_stop": [{"action": "stop", "trigger": keys}]})


def test_what_was_stored_is_read_again():
    adapter = TypeAdapter(AnyTrigger)
    for trigger in (cron("0 18 * * *", start_time="2026-11-27T18:00:00"), each("day", start_time="2026-11-27")):
        assert adapter.validate_python(adapter.dump_python(trigger, mode="json")) == trigger


def test_the_last_of_several_schedules_decides():
    def at(hour: int, action: str, **keys: str) -> dict:
        return {"action": action, "trigger": {"type": "cron", "expression": f"0 {hour} * * *"}, **keys}

    both = validated(
        ComputeSchedules,
        {"compute_start_stop": [at(8, "start"), at(10, "stop"), at(10, "start"), at(11, "stop", state="disabled")]},
    )
    assert both.latest(FRIDAY) == (datetime(2026, 11, 27, 10, tzinfo=UTC), "start")
    assert both.following(FRIDAY) == datetime(2026, 11, 28, 8, tzinfo=UTC)
    assert ComputeSchedules().latest(FRIDAY) is ComputeSchedules().following(FRIDAY) is None
