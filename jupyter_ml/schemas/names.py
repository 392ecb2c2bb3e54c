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

__all__ = ["COMPUTE", "DATA", "DATASTORE", "EXPERIMENT", "JOB", "MODEL", "NAMES", "OPERATIONS", "TAKEN", "KindName"]

OPERATIONS = frozenset({"list", "get", "create", "create_or_update", "update", "archive", "restore", "delete"})
"""Operations that a kind can have without code of its own."""

TAKEN = {
    "a command": "vault workspace supervisor doctor run rerun show update cancel files help",
    "a path of the REST API": "workspace forms filters kinds data_view",
    "an attribute of Workspace": "name folder resources vault event_logs files runs metrics forms filters "
    "repair supervisor tracking_uri tracking_environment tracking_ui info follow diagnose servers close open init",
    "an event": "job_progress",
}
"""Names that a kind cannot have, by what has them."""

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
    """The kind of its events, e.g. ``online_endpoint``."""
    plural: str
    """Its attribute of a workspace, e.g. ``online_endpoints``; the same as the singular where a word has no plural."""
    summary: str
    """What its resources are, e.g. "named groups of jobs"; starts in lower case."""
    operations: frozenset[str] = OPERATIONS - {"create_or_update"}
    versioned: bool = False
    """Whether its resources are versions of assets."""

    def __post_init__(self) -> None:
        for mistake in self._mistakes():
            raise TypeError(f"kind {self.singular!r}: {mistake}")

    def _mistakes(self) -> Iterator[str]:
        for name in (self.singular, self.plural):
            if not _NAME.fullmatch(name):
                yield f"{name!r} is not a name in lower case, with _ between words"
            yield from (f"{name!r} is the name of {what}" for what, taken in TAKEN.items() if name in taken.split())
        if not self.summary.strip():
            yield "has no summary"
        if not isinstance(self.operations, frozenset):
            yield f"operations is {type(self.operations).__name__}, not a frozenset"
        for name in sorted(self.operations - OPERATIONS):
            yield f"unknown operation {name!r}{nearest(name, OPERATIONS)}"
        if self.versioned and "create_or_update" in self.operations:
            yield "is versioned: the content of a version does not change, so there is no 'create_or_update'"

    @property
    def title(self) -> str:
        """Singular in prose."""
        return self.singular.replace("_", " ")

    @property
    def titles(self) -> str:
        """Plural in prose."""
        return self.plural.replace("_", " ")

    @property
    def one(self) -> str:
        """Singular in prose, with its article; a word without a plural has none."""
        article = "" if self.singular == self.plural else "an " if self.singular[0] in "aeiou" else "a "
        return article + self.title

    @property
    def command(self) -> str:
        """Its command, e.g. ``online-endpoint``."""
        return self.singular.replace("_", "-")

    @property
    def segment(self) -> str:
        """Its part of REST paths and of the commands of ``%ml``, e.g. ``online-endpoints``."""
        return self.plural.replace("_", "-")


COMPUTE = KindName("compute", "computes", "where jobs run", frozenset({"list", "get"}))
DATA = KindName("data", "data", "files that are registered by name and version", versioned=True)
DATASTORE = KindName(
    "datastore", "datastores", "named locations of data", frozenset({"list", "get", "create", "update", "delete"})
)
ENVIRONMENT = KindName("environment", "environments", "the Python and the packages of jobs", versioned=True)
EXPERIMENT = KindName("experiment", "experiments", "named groups of jobs and MLflow runs")
JOB = KindName(
    "job",
    "jobs",
    "notebooks and commands that run in the background, and MLflow runs",
    frozenset({"list", "get", "update", "archive", "restore"}),
)
MODEL = KindName("model", "models", "trained models by name and version, in MLflow's registry", versioned=True)

NAMES = (JOB, EXPERIMENT, DATASTORE, DATA, ENVIRONMENT, MODEL)
"""The kinds that clients have operations for."""
