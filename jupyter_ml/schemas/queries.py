"""How lists are asked for: filters, order, pages."""

from __future__ import annotations

import re
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, StringConstraints

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.jobs import JobType
from jupyter_ml.schemas.states import JobState

__all__ = ["Condition", "JobQuery", "Page"]

T = TypeVar("T")

_CONDITION = re.compile(
    r"\s*(?P<source>parameters|params|metrics|tags)\.(?P<key>.+?)\s*(?P<operator>!=|<=|>=|=|<|>)\s*(?P<value>.*?)\s*"
)

Sort = Annotated[
    str,
    StringConstraints(
        pattern=r"^(created_at|started_at|ended_at|name|display_name|experiment_name|state|((parameters|params|metrics)\..{1,250}))$"
    ),
]


class Condition(Schema):
    """One comparison with a parameter, a metric or a tag, as ``metrics.r2 > 0.4``."""

    source: Literal["parameters", "metrics", "tags"]
    key: str
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    value: str
    """Compared as a number where it is one, except with tags."""

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Return the condition that `text` says; InvalidInputError where it says none."""
        match = _CONDITION.fullmatch(text)
        if match is None:
            raise InvalidInputError(
                f"{text!r} is no condition: write parameters.NAME, metrics.NAME or tags.NAME, "
                "then one of = != < <= > >=, then a value"
            )
        source = "parameters" if match["source"] == "params" else match["source"]
        value = match["value"].strip("'\"")
        condition = cls.model_validate({**match.groupdict(), "source": source, "value": value})
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


class JobQuery(Schema):
    """Which jobs, in what order, and which page of them."""

    states: list[JobState] = []
    types: list[JobType] = []
    experiment_name: str | None = None
    search: str | None = None
    """Part of the name or display name, in any case."""
    where: list[Condition] = []
    created_after: Time | None = None
    created_before: Time | None = None
    archived: bool | None = False
    """None for both."""
    sort: Sort = "created_at"
    """A column, ``parameters.NAME`` or ``metrics.NAME``; jobs without a value come last."""
    descending: bool = True
    limit: int = Field(default=50, ge=1, le=1_000)
    offset: int = Field(default=0, ge=0)


class Page(Schema, Generic[T]):
    """Some of the things that were asked for, and how many there are in all."""

    items: list[T]
    total: int
