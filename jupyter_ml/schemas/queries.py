# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Queries of lists and of the results of jobs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from jupyter_ml.schemas.base import SORT_KEYS, Number, Offset, Schema, Time
from jupyter_ml.schemas.filters import ARCHIVED, STARRED, FilterKey
from jupyter_ml.schemas.jobs import MLFLOW_RUN, JobTypeName
from jupyter_ml.schemas.resources import ListQuery
from jupyter_ml.schemas.specs import JOB_SPECS
from jupyter_ml.schemas.states import ACTIVE, FINAL, JobState

__all__ = [
    "JOB_FILTER_KEYS",
    "ArchiveQuery",
    "ComputeSeriesQuery",
    "EventLogQuery",
    "FileQuery",
    "JobQuery",
    "MetricsQuery",
    "NotebookQuery",
    "TextQuery",
    "TextSearch",
    "UsageQuery",
    "states_of",
]

Sort = Annotated[str, StringConstraints(pattern=SORT_KEYS)]


_GROUPS = {
    "queued": frozenset({JobState.NOT_STARTED, JobState.QUEUED}),
    "running": ACTIVE,
    "completed": frozenset({JobState.COMPLETED}),
    "failed": frozenset({JobState.FAILED}),
    "canceled": frozenset({JobState.CANCELED}),
    "ended": FINAL,
}
_STATES = _GROUPS | {state.lower(): frozenset({state}) for state in JobState if state.lower() not in _GROUPS}

JOB_FILTER_KEYS = (
    FilterKey("is", "State, archived or starred", "is:failed", values=(*_STATES, ARCHIVED, STARRED)),
    FilterKey("name", "Name or display name", "name:otter"),
    FilterKey("notebook", "Path of the notebook, or the command", "notebook:train"),
    FilterKey("experiment", "Experiment", "experiment:trees"),
    FilterKey("tag", "Tag, or its value", "tag:team=blue", source="tags"),
    FilterKey("parameter", "Parameter, or its value", "parameter:alpha=0.1", source="parameters"),
    FilterKey("metric", "Metric, or its last value", "metric:r2>0.4", source="metrics"),
    FilterKey("description", "Description", "description:penalty"),
    FilterKey("cause", "Cause of failure", "cause:KeyError"),
    FilterKey("user", "User who submitted it", "user:ann"),
    FilterKey("compute", "Compute", "compute:local"),
    FilterKey("type", "What runs", "type:notebook", values=(*JOB_SPECS, MLFLOW_RUN)),
)


def states_of(value: str) -> frozenset[JobState]:
    """Return the states that ``is:value`` finds; none for ``is:archived`` and ``is:starred``."""
    return _STATES.get(value, frozenset())


def _no_number(value: Any) -> Any:
    if isinstance(value, str) and value.strip().replace(".", "", 1).lstrip("+-").isdecimal():
        raise ValueError("this is a number; write a time as 2026-11-22T10:00:00Z")
    return value


class JobQuery(ListQuery):
    """Which jobs to list, in what order, and which page of them."""

    filter_keys = JOB_FILTER_KEYS

    states: list[JobState] = []
    types: list[JobTypeName] = []
    experiment_name: str | None = Field(default=None, max_length=256)
    created_after: Annotated[Time | None, BeforeValidator(_no_number)] = None
    created_before: Annotated[Time | None, BeforeValidator(_no_number)] = None
    sort: Sort = "created_at"
    """A column, ``parameters.NAME`` or ``metrics.NAME``; jobs without a value come last."""


class NotebookQuery(Schema):
    """How much of a job's notebook."""

    outputs: bool = True
    """False for sources, states and times alone, however much was printed."""


class EventLogQuery(Schema):
    """Which part of the event log of an attempt."""

    attempt: Number | None = None
    """The current or last one when absent."""
    offset: Offset = 0
    """Where to continue: the ``offset`` of the previous response."""
    limit_bytes: int = Field(default=1024**2, ge=1, le=16 * 1024**2)
    """How much of the event log to read, 2 MiB at most; one event comes in any case."""
    whole: bool = False
    """Whether outputs come as they are, up to 8 MiB each."""


class TextQuery(Schema):
    """Which piece of printed text."""

    attempt: Number | None = None
    """The current or last one when absent."""
    position: Offset
    """Where it begins, as given in `Shortened`, `TextPart` or `TextHit`."""
    limit_bytes: int = Field(default=256 * 1024, ge=1, le=1024**2)
    """How much to read; whole lines come where there are any."""


class TextSearch(Schema):
    """Which lines of printed text."""

    attempt: Number | None = None
    """The current or last one when absent."""
    text: str = Field(min_length=1, max_length=1_000)
    """Found in any case."""
    limit: int = Field(default=1_000, ge=1, le=10_000)


class MetricsQuery(Schema):
    """Which metrics of a job, and how finely."""

    key: list[Annotated[str, StringConstraints(min_length=1, max_length=250)]] = Field(default=[], max_length=100)
    """All when absent."""
    max_points: int = Field(default=1_000, ge=2, le=10_000)
    """For each metric; of more points, the extremes of each part of the axis are returned."""


class UsageQuery(Schema):
    """Which measurements of an attempt, and how finely."""

    attempt: Number | None = None
    """The current or last one when absent."""
    max_points: int = Field(default=500, ge=2, le=10_000)


class ComputeSeriesQuery(Schema):
    """Since when a compute was how busy, and how finely."""

    seconds: int = Field(default=3_600, ge=60, le=30 * 86_400)
    """How far back; a day has samples of ten seconds, and more has means of five minutes."""
    max_points: int = Field(default=300, ge=1, le=2_000)
    """How many samples at most."""


class FileQuery(Schema):
    """Which files of a job."""

    path: str = Field(default="", max_length=4_096)
    """A file, or a directory whose files are listed; all files by default."""
    recursive: bool = True
    """Whether the files below are listed too; otherwise the directories are, first."""
    offset: Offset = 0
    limit: int = Field(default=1_000, ge=1, le=10_000)


class ArchiveQuery(Schema):
    """Which files of a job to download as one."""

    path: str = Field(default="", max_length=4_096)
    """A file or directory; all files by default."""
