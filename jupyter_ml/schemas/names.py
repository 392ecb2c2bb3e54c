# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The names and operations of the kinds of resources.

Importing this module is cheap: routes and commands are built from it without the models of the kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING

from jupyter_ml.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "COMPUTE",
    "DATA",
    "DATASTORE",
    "ENVIRONMENT",
    "EXPERIMENT",
    "JOB",
    "MODEL",
    "NAMES",
    "OPERATIONS",
    "SERVICES_PATH",
    "TAKEN",
    "KindName",
    "is_name",
]

OPERATIONS = frozenset({"list", "get", "create", "create_or_update", "update", "archive", "restore", "delete"})
"""Operations that a kind can have without code of its own."""

TAKEN = {
    "a command": "lineage vault workspace supervisor doctor run rerun show update cancel files help",
    "a path of the REST API": "workspace forms filters kinds lineage vault data_view compute_types",
    "an attribute of Workspace": "name folder resources lineage vault event_logs files runs metrics forms filters "
    "service_connections forks repair supervisor tracking_uri tracking_environment tracking_ui info follow diagnose "
    "servers close open init",
    "an event": "job_progress vault",
    "a table of the database": "alembic_version attempt attempts event events job_detail job_details job_metric "
    "job_metrics job_param job_params job_search job_search_index job_tag job_tags schema_version schema_versions",
}
"""Names that a kind cannot have, by what has them."""

SERVICES_PATH = "/jupyter-ml/services"
"""Path below which Jupyter Server serves JOB/SERVICE/."""

_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


def is_name(text: object) -> bool:
    """Return whether a text is a name in lower case, with _ between words."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


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
            if not is_name(name):
                yield f"{name!r} is not a name in lower case, with _ between words"
            yield from (f"{name!r} is the name of {what}" for what, taken in TAKEN.items() if name in taken.split())
            if iskeyword(name):
                yield f"{name!r} is a keyword of Python"
        if not isinstance(self.summary, str) or not self.summary.strip():
            yield "has no summary"
        if not isinstance(self.operations, frozenset):
            yield f"operations is {type(self.operations).__name__}, not a frozenset"
        if not isinstance(self.versioned, bool):
            yield f"versioned is {self.versioned!r}, not True or False"
        yield from self._wrong_operations()

    def _wrong_operations(self) -> Iterator[str]:
        if not self.operations:
            yield "has no operations"
        for name in sorted(self.operations - OPERATIONS, key=str):
            yield f"unknown operation {name!r}{nearest(str(name), OPERATIONS)}"
        if "restore" in self.operations and "archive" not in self.operations:
            yield "has the operation 'restore' and nothing to restore: give 'archive' too"
        if self.versioned and "create_or_update" in self.operations:
            yield "is versioned: the content of a version does not change, so there is no 'create_or_update'"

    @property
    def taken(self) -> frozenset[str]:
        """The names that no other kind can have; those of its versions are in events and tables."""
        both = {self.singular, self.plural}
        return frozenset({*both, *(f"{name}_version{s}" for name in both for s in ("", "s") if self.versioned)})

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


COMPUTE = KindName("compute", "computes", "where jobs run", frozenset({"list", "get", "create", "update", "delete"}))
DATA = KindName("data", "data", "files that are registered by name and version", versioned=True)
DATASTORE = KindName("datastore", "datastores", "named locations of data", OPERATIONS - {"archive", "restore"})
ENVIRONMENT = KindName("environment", "environments", "the Python and the packages of jobs", versioned=True)
EXPERIMENT = KindName("experiment", "experiments", "named groups of jobs and MLflow runs")
JOB = KindName(
    "job",
    "jobs",
    "notebooks and commands that run in the background, and MLflow runs",
    frozenset({"list", "get", "update", "archive", "restore"}),
)
MODEL = KindName("model", "models", "trained models by name and version, in MLflow's registry", versioned=True)

NAMES = (JOB, EXPERIMENT, DATASTORE, DATA, ENVIRONMENT, MODEL, COMPUTE)
"""The kinds that clients have operations for."""
