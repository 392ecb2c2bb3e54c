# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The terms of filters such as ``otter is:failed alpha>0.1 -tag:team=blue``, and the keys that a kind is filtered by.

Terms are separated by spaces, and all of them have to hold. `jupyter_ml.schemas.filter_parsing` reads them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ARCHIVED",
    "PREFIXES",
    "RESERVED",
    "SOURCES",
    "STARRED",
    "Comparison",
    "FieldTerm",
    "FilterError",
    "FilterKey",
    "Operator",
    "Source",
    "Term",
    "TextTerm",
    "has",
    "quoted",
    "written",
]

Source = Literal["parameters", "metrics", "tags"]
Operator = Literal["=", "!=", "<", "<=", ">", ">="]

SOURCES: tuple[Source, ...] = ("parameters", "metrics", "tags")
PREFIXES: dict[str, Source] = {
    "parameters": "parameters",
    "params": "parameters",
    "metrics": "metrics",
    "tags": "tags",
}
"""The part of a name before its dot, as in ``metrics.r2 > 0.4``."""

RESERVED = frozenset({"AND", "OR", "NOT"})
"""Words that are refused as text, because other languages of this kind give them a meaning."""

ARCHIVED = "archived"
STARRED = "starred"
"""Value of the key ``is`` of every kind."""

_PLAIN = re.compile(r"[\w/@%+*#~.][\w/@%+*#~.-]*")


class FilterError(InvalidInputError):
    """A filter cannot be read.

    Attributes
    ----------
    incomplete
        Whether it could be the beginning of one that can, which is not an error while it is typed.
    """

    def __init__(self, message: str, *, incomplete: bool = False) -> None:
        super().__init__(message, field="filter")
        self.incomplete = incomplete


@dataclass(frozen=True)
class FilterKey:
    """A key of a filter, as ``is`` in ``is:failed``."""

    name: str
    help: str
    """What is found by it, for users."""
    example: str
    values: tuple[str, ...] = ()
    """The only values that it takes; any text if there are none."""
    source: Source | None = None
    """Set if what follows it is a name, and maybe a comparison: ``tag:team=blue``."""


@dataclass(frozen=True)
class TextTerm:
    """A text anywhere in a resource, in any case."""

    text: str
    negated: bool = False

    def __str__(self) -> str:
        return _sign(self) + quoted(self.text)


@dataclass(frozen=True)
class FieldTerm:
    """``key:value``, or ``key:value,other`` for either of several values."""

    key: str
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        return f"{_sign(self)}{self.key}:{','.join(map(quoted, self.values))}"


@dataclass(frozen=True)
class Comparison:
    """A comparison with a parameter, metric or tag, e.g. ``metrics.r2 > 0.4``; without an operator, that it exists."""

    name: str
    operator: Operator | None = None
    value: str = ""
    sources: tuple[Source, ...] = SOURCES
    """Where the name is looked for."""
    negated: bool = False
    number: float | None = field(init=False, compare=False)
    """The value as a number, where it is one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", _number(self.value))

    def __str__(self) -> str:
        if self.operator is None:
            return f"{_sign(self)}{self.sources[0].removesuffix('s')}:{quoted(self.name)}"
        prefix = f"{self.sources[0]}." if len(self.sources) == 1 else ""
        return f"{_sign(self)}{prefix}{quoted(self.name)}{self.operator}{quoted(self.value)}"


Term = TextTerm | FieldTerm | Comparison


def written(terms: Sequence[Term]) -> str:
    """Return the filter that consists of `terms`."""
    return " ".join(map(str, terms))


def has(terms: Sequence[Term], key: str, value: str) -> bool:
    """Return whether one of `terms` is ``key:value``."""
    return any(isinstance(term, FieldTerm) and term.key == key and value in term.values for term in terms)


def quoted(text: str) -> str:
    """Return a name or a value as it is written in a filter, in quotation marks if it needs them."""
    prefix, dot, _ = text.partition(".")
    if _PLAIN.fullmatch(text) and text not in RESERVED and not (dot and prefix in PREFIXES):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _sign(term: Term) -> str:
    return "-" if term.negated else ""


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number
