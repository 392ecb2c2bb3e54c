# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Convert rows to jobs, and jobs to rows."""

from __future__ import annotations

import json
import math
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import BigInteger, Select, select, type_coerce

from jupyter_ml.schemas.jobs import Job, Progress
from jupyter_ml.schemas.requests import PendingRequest, RequestKind
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.runs import MAX_LOGGED, PARENT_TAG
from jupyter_ml.schemas.specs import Priority
from jupyter_ml.schemas.states import ACTIVE, FINAL, JobState
from jupyter_ml.store.tables import attempts, experiments, job_details, job_metrics, job_params, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table

__all__ = [
    "PRIORITIES",
    "detail_row",
    "indexed_text",
    "job_row",
    "metric_rows",
    "param_rows",
    "read_jobs",
    "tag_rows",
]

PRIORITIES = list(Priority)
"""The table stores the position of a priority in this list."""

_INDEXED = 250
"""Characters of a text that are indexed: an entry has to fit into a third of a PostgreSQL page."""

_PYTHON = {"True": "true", "False": "false", "None": "null"}
"""MLflow stores parameters as Python prints them."""


def read_jobs(connection: Connection, ids: Sequence[int]) -> list[Job]:
    """Return the jobs with these ids, in this order."""
    if not ids:
        return []
    result = connection.execute(_whole().where(jobs.c.id.in_(ids)))
    columns = [*result.keys()]
    found = {row.id: dict(zip(columns, row, strict=True)) for row in result.all()}
    metrics = _metrics(connection, ids)
    parents = _parents(connection, found.values())
    for field, given, table in (("logged_parameters", "parameters", job_params), ("logged_tags", "tags", job_tags)):
        for job_id, logged in _logged(connection, table, {key: row[given] for key, row in found.items()}).items():
            found[job_id][field] = logged
    return [_job(found[job_id], metrics.get(job_id, _Metrics({})), parents) for job_id in ids if job_id in found]


def _logged(connection: Connection, table: Table, given: Mapping[int, Any]) -> dict[int, dict[str, str]]:
    """Return the values that jobs have in a table besides those that they were given."""
    found: dict[int, dict[str, str]] = {}
    some = select(table.c.job_id, table.c.key, table.c.text).where(table.c.job_id.in_([*given]))
    for job_id, key, text in connection.execute(some).all():
        if key not in given[job_id]:
            found.setdefault(job_id, {})[key] = text
    return found


class _Metrics(NamedTuple):
    """The last values of a job's metrics, and the metric that was logged last."""

    values: dict[str, float]
    latest: str | None = None
    time: int = 0

    def precedes(self, key: str, time: int) -> bool:
        """Return whether a metric was logged later than the latest one; of those logged at once, the first by name."""
        return self.latest is None or (-time, key) < (-self.time, self.latest)

    def primary(self, *chosen: str | None) -> str | None:
        """Return the metric to compare the job by: the first of the chosen ones that it has, or the latest."""
        return next((key for key in chosen if key in self.values), self.latest)


def _metrics(connection: Connection, ids: Sequence[int]) -> dict[int, _Metrics]:
    columns = job_metrics.c
    some = select(columns.job_id, columns.key, columns.value, type_coerce(columns.time, BigInteger))
    found: dict[int, _Metrics] = {}
    for job_id, key, value, time in connection.execute(some.where(columns.job_id.in_(ids))).all():
        known = found.get(job_id) or _Metrics({})
        known.values[key] = math.nan if value is None else value
        found[job_id] = known._replace(latest=key, time=time) if known.precedes(key, time) else known
    return found


def _parents(connection: Connection, rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return the names of the jobs that rows are children of, by the ids of their runs."""
    wanted = {row["tags"][PARENT_TAG] for row in rows if PARENT_TAG in row["tags"]}
    if not wanted:
        return {}
    query = select(jobs.c.run_id, jobs.c.name).where(jobs.c.run_id.in_(wanted))
    return {run_id: name for run_id, name in connection.execute(query)}  # noqa: C416 -- rows


def _whole() -> Select[Any]:
    current = (attempts.c.job_id == jobs.c.id) & (attempts.c.number == jobs.c.attempt)
    return (
        select(
            jobs,
            job_details,
            *(attempts.c[name] for name in ("progress", "eta_at", "usage", "gpus")),
            experiments.c.primary_metric,
        )
        .join(experiments, experiments.c.name == jobs.c.experiment_name)
        .join(job_details, job_details.c.job_id == jobs.c.id)
        .outerjoin(attempts, current)
    )


_HIDDEN = {
    *("id", "job_id", "lifecycle_stage", "host", "similarity", "run_changes", "logged", "field_revisions"),
    *("earliest_start", "latest_start", "resources", "waits_for"),
}


def _job(row: dict[str, Any], metrics: _Metrics, parents: dict[str, str]) -> Job:
    return _with_valid_spec(
        {
            **{key: value for key, value in row.items() if key not in _HIDDEN},
            "priority": PRIORITIES[row["priority"]],
            "archived": bool(row["lifecycle_stage"] & LifecycleStage.ARCHIVED),
            "progress": {key: value for key, value in (row["progress"] or {}).items() if key in Progress.model_fields},
            "eta_at": row["eta_at"] if row["state"] == JobState.RUNNING else None,
            "warnings": row["warnings"] or [],
            "inputs": row["inputs"] or {},
            "outputs": row["outputs"] or {},
            "gpus": row["gpus"] or [],
            "request": _request(row),
            "usage": row["usage"] if row["state"] in ACTIVE else None,
            "metrics": metrics.values,
            "primary_metric": metrics.primary(row["tags"].get("primary_metric"), row["primary_metric"]),
            "parent": parents.get(row["tags"].get(PARENT_TAG, "")),
        }
    )


def _with_valid_spec(values: dict[str, Any]) -> Job:
    """Return the job, without its specification where an earlier version allowed more than this one does."""
    try:
        return Job.model_validate(values)
    except ValidationError as error:
        places = {".".join(map(str, item["loc"][1:])) for item in error.errors() if item["loc"][0] == "spec"}
        message = f"The job's specification is not valid in this version of Jupyter ML: {', '.join(sorted(places))}."
        warning = {"message": message, "hint": "The job cannot be run once more; all else of it is there."}
        return Job.model_validate(values | {"spec": None, "warnings": [*values["warnings"], warning]})


def _request(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the pending request of a job; the columns show whether there is one, the details its attempts."""
    if row["lifecycle_stage"] & LifecycleStage.DELETING:
        kind, since = RequestKind.DELETE, row["ended_at"] or row["created_at"]
    elif row["cancel_requested_at"] is not None and row["state"] not in FINAL:
        kind, since = RequestKind.CANCEL, row["cancel_requested_at"]
    else:
        return None
    stored = {key: value for key, value in (row["request"] or {}).items() if key in PendingRequest.model_fields}
    return {"requested_at": since, **stored, "kind": kind}


def job_row(job: Job, host: str | None) -> dict[str, Any]:
    """Return the row of ``jobs``."""
    same = job.model_dump(include={column.name for column in jobs.c} & Job.model_fields.keys())
    return same | {
        "lifecycle_stage": LifecycleStage.ARCHIVED if job.archived else LifecycleStage.ACTIVE,
        "priority": PRIORITIES.index(job.priority),
        "host": host,
        "similarity": job.spec.similarity if job.spec else None,
    }


def detail_row(job: Job, job_id: int) -> dict[str, Any]:
    """Return the row of ``job_details``."""
    shown = {"description", "tags", "parameters", "snapshot", "spec", "cause", "warnings", "inputs", "outputs"}
    row = job.model_dump(mode="json", include=shown)
    optional = {key: row[key] or None for key in ("warnings", "inputs", "outputs")}
    resources = job.spec.resources.model_dump(exclude_defaults=True) if job.spec else None
    return row | optional | {"job_id": job_id, "resources": resources or None}


def param_rows(parameters: Mapping[str, Any], job_id: int) -> list[dict[str, Any]]:
    """Return the rows by which jobs are found and sorted by their parameters."""
    return [
        {"job_id": job_id, "key": key[:_INDEXED], "text": indexed_text(value), "number": _number(value)}
        for key, value in islice(parameters.items(), MAX_LOGGED)
    ]


def tag_rows(tags: Mapping[str, str], job_id: int) -> list[dict[str, Any]]:
    """Return the rows by which jobs are found by their tags."""
    return [
        {"job_id": job_id, "key": key[:_INDEXED], "text": indexed_text(value)}
        for key, value in islice(tags.items(), MAX_LOGGED)
    ]


def metric_rows(metrics: Iterable[tuple[str, Any]], job_id: int) -> list[dict[str, Any]]:
    """Return the rows of ``job_metrics``."""
    return [
        {
            "job_id": job_id,
            "key": key[:_INDEXED],
            "value": None if math.isnan(metric.value) else metric.value,
            "step": metric.step,
            "time": metric.time,
        }
        for key, metric in metrics
    ]


def indexed_text(value: Any) -> str:
    """Return a parameter, or what a condition compares it with, as text: ``true`` for True, however it is written."""
    if isinstance(value, dict) and "$type" in value:
        value = value.get("value")
    text = value if isinstance(value, str) else json.dumps(value)
    return _PYTHON.get(text, text)[:_INDEXED]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
