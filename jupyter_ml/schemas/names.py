# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The names and operations of the kinds of resources.

Importing this module is cheap: routes and commands are built from it without the models of the kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ml.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["COMPUTE", "DATASTORE", "EXPERIMENT", "JOB", "NAMES", "OPERATIONS", "KindName"]

OPERATIONS = frozenset({"list", "get", "create", "update", "archive", "restore", "delete"})
"""Operations that a kind can have without code of its own."""

_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True)
class KindName:
    """How a kind of resource is called, and what clients can do with its resources.

    Raises
    ------
    TypeError
        When the names or operations are invalid; the message names the mistake.
    """

    singular: str
    """The kind of its events and its command, e.g. ``experiment``."""
    plural: str
    """Its part of REST paths, e.g. ``experiments``; the same as the singular where a word has no plural."""
    summary: str
    """What its resources are, e.g. "named groups of jobs"; starts in lower case."""
    operations: frozenset[str] = OPERATIONS
    versioned: bool = False
    """Whether its resources are versions of assets."""

    def __post_init__(self) -> None:
        for mistake in self._mistakes():
            raise TypeError(f"kind {self.singular!r}: {mistake}")

    def _mistakes(self) -> Iterator[str]:
        yield from (
            f"{name!r} is not a name in lower case"
            for name in (self.singular, self.plural)
            if not _NAME.fullmatch(name)
        )
        if not self.summary:
            yield "has no summary"
        for name in sorted(self.operations - OPERATIONS):
            yield f"unknown operation {name!r}{nearest(name, OPERATIONS)}"

    @property
    def title(self) -> str:
        """Singular in prose."""
        return self.singular.replace("_", " ")

    @property
    def titles(self) -> str:
        """Plural in prose."""
        return self.plural.replace("_", " ")


COMPUTE = KindName("compute", "computes", "where jobs run", frozenset({"list", "get"}))
DATASTORE = KindName(
    "datastore", "datastores", "named locations of data", frozenset({"list", "get", "create", "update", "delete"})
)
EXPERIMENT = KindName("experiment", "experiments", "named groups of jobs and MLflow runs")
JOB = KindName(
    "job",
    "jobs",
    "notebooks and commands that run in the background, and MLflow runs",
    frozenset({"list", "get", "update", "archive", "restore"}),
)

NAMES = (JOB, EXPERIMENT, DATASTORE)
"""The kinds that clients have operations for."""
