# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Queries of lists and of the results of jobs."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, WithJsonSchema

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import SORT_KEYS, Schema, Time
from jupyter_ml.schemas.jobs import JobTypeName
from jupyter_ml.schemas.resources import ListQuery
from jupyter_ml.schemas.states import JobState

__all__ = [
    "ArchiveQuery",
    "Condition",
    "EventLogQuery",
    "FileQuery",
    "JobQuery",
    "MetricsQuery",
    "NotebookQuery",
    "TextQuery",
    "TextSearch",
    "UsageQuery",
]

_CONDITION = re.compile(
    r"\s*(?P<source>parameters|params|metrics|tags)\.(?P<key>.+?)\s*(?P<operator>!=|<=|>=|==?|<|>)\s*(?P<value>.*?)\s*"
)

Sort = Annotated[str, StringConstraints(pattern=SORT_KEYS)]


class Condition(Schema):
    """One comparison with a parameter, a metric or a tag, e.g. ``metrics.r2 > 0.4``."""

    source: Literal["parameters", "metrics", "tags"]
    key: str = Field(min_length=1, max_length=250)
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    value: str = Field(max_length=5_000)
    """Compared as a number where it is one, except with tags."""

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Return the condition in `text`; InvalidInputError where it is not a condition."""
        match = _CONDITION.fullmatch(text)
        if match is None or not match["value"]:
            raise InvalidInputError(
                f"{text!r} is not a condition: write parameters.NAME, metrics.NAME or tags.NAME, "
                "then one of = != < <= > >=, then a value"
            )
        source = "parameters" if match["source"] == "params" else match["source"]
        operator = "=" if match["operator"] == "==" else match["operator"]
        value = match["value"].strip("'\"")
        try:
            condition = cls.model_validate(
                {"source": source, "key": match["key"], "operator": operator, "value": value}
            )
        except ValidationError as error:
            raise InvalidInputError(f"{text[:100]!r}... is too long for a condition") from error
        if source == "metrics" and condition.number is None:
            raise InvalidInputError(f"{text!r}: a metric is compared with a number, not with {value!r}")
        return condition

    @property
    def number(self) -> float | None:
        """The value as a number, where it is one and numbers are compared."""
        if self.source == "tags":
            return None
        try:
            return float(self.value)
        except ValueError:
            return None


def _condition(value: Any) -> Any:
    try:
        return Condition.parse(value) if isinstance(value, str) else value
    except InvalidInputError as error:
        raise ValueError(str(error)) from error


def _no_number(value: Any) -> Any:
    if isinstance(value, str) and value.strip().replace(".", "", 1).lstrip("+-").isdecimal():
        raise ValueError("this is a number; write a time as 2026-11-22T10:00:00Z")
    return value


class JobQuery(ListQuery):
    """Which jobs to list, in what order, and which page of them."""

    states: list[JobState] = []
    types: list[JobTypeName] = []
    experiment_name: str | None = Field(default=None, max_length=256)
    where: list[Annotated[Condition, BeforeValidator(_condition), WithJsonSchema({"type": "string"})]] = Field(
        default=[], max_length=20
    )
    """As texts in a URL: ``metrics.r2 > 0.4``."""
    created_after: Annotated[Time | None, BeforeValidator(_no_number)] = None
    created_before: Annotated[Time | None, BeforeValidator(_no_number)] = None
    search: str | None = Field(default=None, max_length=256)
    """Part of the name or display name, in any case."""
    sort: Sort = "created_at"
    """A column, ``parameters.NAME`` or ``metrics.NAME``; jobs without a value come last."""


class NotebookQuery(Schema):
    """How much of a job's notebook."""

    outputs: bool = True
    """False for sources, states and times alone, however much was printed."""


class EventLogQuery(Schema):
    """Which part of the event log of an attempt."""

    attempt: int | None = Field(default=None, ge=1)
    """The current or last one when absent."""
    offset: int = Field(default=0, ge=0)
    """Where to continue: the ``offset`` of the previous response."""
    limit_bytes: int = Field(default=1024**2, ge=1, le=16 * 1024**2)
    """How much of the event log to read, 2 MiB at most; one event comes in any case."""
    whole: bool = False
    """Whether outputs come as they are, up to 8 MiB each."""


class TextQuery(Schema):
    """Which piece of printed text."""

    attempt: int | None = Field(default=None, ge=1)
    """The current or last one when absent."""
    position: int = Field(ge=0)
    """Where it begins, as given in `Shortened`, `TextPart` or `TextHit`."""
    limit_bytes: int = Field(default=256 * 1024, ge=1, le=1024**2)
    """How much to read; whole lines come where there are any."""


class TextSearch(Schema):
    """Which lines of printed text."""

    attempt: int | None = Field(default=None, ge=1)
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

    attempt: int | None = Field(default=None, ge=1)
    """The current or last one when absent."""
    max_points: int = Field(default=500, ge=2, le=10_000)


class FileQuery(Schema):
    """Which files of a job."""

    path: str = Field(default="", max_length=4_096)
    """A file, or a directory whose files are listed; all files by default."""
    recursive: bool = True
    """Whether the files below are listed too; otherwise the directories are, first."""
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=1_000, ge=1, le=10_000)


class ArchiveQuery(Schema):
    """Which files of a job to download as one."""

    path: str = Field(default="", max_length=4_096)
    """A file or directory; all files by default."""
