# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Import runs that other programs log to MLflow into the list of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, delete, func, insert, select, update

from jupyter_ml.schemas.base import Name, now
from jupyter_ml.schemas.job_changes import RunChanges
from jupyter_ml.schemas.jobs import MLFLOW_RUN, Job, Runner
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.runs import NOTE_TAG
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.store import experiments
from jupyter_ml.store.events import first_revision, record
from jupyter_ml.store.job_events import job_event
from jupyter_ml.store.rows import detail_row, job_row, metric_rows, param_rows, tag_rows
from jupyter_ml.store.search import search_row
from jupyter_ml.store.tables import job_details, job_metrics, job_params, job_search, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from jupyter_ml.schemas.runs import Run

__all__ = ["KnownRuns", "import_runs", "known_runs", "own_runs"]

_CHUNK = 500


class KnownRuns(NamedTuple):
    """What has been imported already."""

    unfinished: list[str]
    """Ids of imported runs that were running when last seen."""
    newest: datetime | None
    """The latest start of an imported run."""


def known_runs(connection: Connection) -> KnownRuns:
    """Return what has been imported already."""
    imported = jobs.c.type == MLFLOW_RUN
    newest = select(func.max(jobs.c.started_at, type_=jobs.c.started_at.type)).where(imported)
    unfinished = select(jobs.c.run_id).where(imported, jobs.c.state.not_in(FINAL)).order_by(jobs.c.id)
    return KnownRuns([*connection.scalars(unfinished)], connection.scalar(newest))


def own_runs(connection: Connection, run_ids: Iterable[str]) -> set[str]:
    """Return those runs that belong to submitted jobs."""
    submitted = select(jobs.c.run_id).where(jobs.c.type != MLFLOW_RUN)
    ids = list(run_ids)
    parts = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
    return {run_id for part in parts for run_id in connection.scalars(submitted.where(jobs.c.run_id.in_(part)))}


def import_runs(connection: Connection, runs: Iterable[Run]) -> None:
    """Add or change the rows of `runs`, with few statements for many runs."""
    latest = list({run.run_id: run for run in runs}.values())
    for start in range(0, len(latest), _CHUNK):
        _import(connection, latest[start : start + _CHUNK])


def _import(connection: Connection, runs: list[Run]) -> None:
    newest = {run.experiment_name: run.started_at for run in sorted(runs, key=lambda run: run.started_at)}
    experiments.ensure(connection, newest, restore=False)
    of_runs = jobs.c.run_id.in_([run.run_id for run in runs])
    with_changes = select(jobs, job_details.c.run_changes, job_details.c.field_revisions).join(
        job_details, job_details.c.job_id == jobs.c.id
    )
    known = {row.run_id: row for row in connection.execute(with_changes.where(of_runs))}
    wanted = {run.name for run in runs} | {run.run_id for run in runs}
    taken = set(connection.scalars(select(jobs.c.name).where(jobs.c.name.in_(wanted))))
    revision = first_revision(connection)
    mine, new, changed, recorded = [], [], [], []
    for run in runs:
        row = known.get(run.run_id)
        if row is not None and (row.type != MLFLOW_RUN or row.lifecycle_stage & LifecycleStage.DELETING):
            continue
        job = _job(run, row.name if row else _free_name(run, taken))
        if row is not None:
            job = _with_changes(job, row)
        mine.append((run, job))
        if row is None:
            taken.add(job.name)
            new.append(job_row(job, None) | {"revision": revision})
        else:
            changed.append({**job_row(job, None), "lifecycle_stage": row.lifecycle_stage, "row_id": row.id})
        if row is None or row.state != job.state:
            recorded.append(job_event("job_state_changed" if row else "job_created", job, now()))
    if new:
        connection.execute(insert(jobs), new)
    if changed:
        columns: dict[str, Any] = {key: bindparam(key) for key in changed[0] if key != "row_id"}
        connection.execute(update(jobs).where(jobs.c.id == bindparam("row_id")).values(columns), changed)
    kept = {
        run_id: {"run_changes": row.run_changes, "field_revisions": row.field_revisions}
        for run_id, row in known.items()
    }
    _replace_details(connection, mine, kept)
    record(connection, recorded)


def _with_changes(job: Job, row: Row[Any]) -> Job:
    """Return an imported job with what users have changed of it and its run does not have."""
    job = job.model_copy(update={"starred": row.starred, "revision": row.revision})
    return RunChanges.model_validate(row.run_changes).applied_to(job) if row.run_changes else job


def _replace_details(connection: Connection, mine: list[tuple[Run, Job]], kept: Mapping[str, dict[str, Any]]) -> None:
    of_runs = jobs.c.run_id.in_([run.run_id for run, _ in mine])
    ids = {row.run_id: row.id for row in connection.execute(select(jobs.c.run_id, jobs.c.id).where(of_runs))}
    new: dict[str, Any] = {"run_changes": None, "field_revisions": {}}
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (job_details, job_params, job_metrics, job_tags, job_search)
    }
    for run, job in mine:
        job_id = ids[run.run_id]
        rows[job_details].append({**detail_row(job, job_id), "logged": True, **kept.get(run.run_id, new)})
        rows[job_search].append(search_row(job, job_id))
        rows[job_params] += param_rows(job.parameters, job_id)
        rows[job_metrics] += metric_rows(run.metrics.items(), job_id)
        rows[job_tags] += tag_rows(job.tags, job_id)
    for table, some in rows.items():
        connection.execute(delete(table).where(table.c.job_id.in_(ids.values())))
        if some:
            connection.execute(insert(table), some)


def _job(run: Run, name: str) -> Job:
    return Job(
        name=name,
        type=MLFLOW_RUN,
        display_name=run.name or run.run_id,
        experiment_name=run.experiment_name,
        description=run.tags.get(NOTE_TAG),
        tags={name: value for name, value in run.tags.items() if name != NOTE_TAG},
        state=run.state,
        user=run.user,
        created_at=run.started_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        parameters=dict(run.parameters),
        run_id=run.run_id,
        runner=Runner.MLFLOW,
    )


def _free_name(run: Run, taken: set[str]) -> str:
    try:
        TypeAdapter(Name).validate_python(run.name)
    except ValidationError:
        return run.run_id
    return run.run_id if run.name in taken else run.name
