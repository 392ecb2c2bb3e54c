# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The declaration of jobs as a kind of resource."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.schemas import names
from jupyter_ml.schemas.filters import Comparison
from jupyter_ml.schemas.formatting import SIGNS, duration, elapsed_s, summary, value_text
from jupyter_ml.schemas.job_changes import JobUpdate
from jupyter_ml.schemas.job_events import JobChanged
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.queries import JobQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["JOB"]

_LONGEST_SOURCE = 40


def _query_columns(query: JobQuery) -> Iterator[Column[Job]]:
    """Yield a column for each parameter, metric and tag that the query uses."""
    used = [term.name for term in query.terms if isinstance(term, Comparison)]
    _, dot, key = query.sort.partition(".")
    if dot:
        used.append(key)
    for name in dict.fromkeys(used):
        yield Column(name, partial(_value, name), "right")


def _value(key: str, job: Job) -> str:
    """Return a value; of several with one name, that of the metric, then the parameter that was given."""
    sources = (job.metrics, job.parameters, job.logged_parameters, job.tags, job.logged_tags)
    return value_text(next((source[key] for source in sources if key in source), None))


def _given_name(job: Job) -> str:
    """Return the display name that a user has given; that of others is a part of the name."""
    return "" if job.name == job.display_name or job.name.startswith(f"{job.display_name}_") else job.display_name


def _source(job: Job) -> str:
    """Return the file name of the notebook, or the beginning of the command."""
    text = " ".join(job.source.split())
    return text if len(text) <= _LONGEST_SOURCE else f"{text[: _LONGEST_SOURCE - 1]}…"


JOB: Kind[Job, JobQuery] = Kind(
    name=names.JOB,
    model=Job,
    query=JobQuery,
    changes=JobUpdate,
    columns=(
        Column("name"),
        Column("display name", _given_name, field="display_name"),
        Column("source", _source),
        Column("state", lambda job: f"{SIGNS[job.state]} {job.state}"),
        Column("experiment", field="experiment_name"),
        Column("created", align="right", field="created_at"),
        Column("duration", lambda job: duration(elapsed_s(job)), "right"),
        Column("summary", summary),
    ),
    query_columns=_query_columns,
    event=JobChanged,
    extra_event_types=(
        "created",
        "state_changed",
        "cancel_requested",
        "delete_requested",
        "request_failed",
        "request_withdrawn",
        "warned",
        "deleted",
    ),
)
