# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The jobs of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exc, func, insert, select, update

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.jobs import MLFLOW_RUN, Job
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.runs import Metric
from jupyter_ml.schemas.states import ACTIVE, JobState
from jupyter_ml.schemas.warnings import MAX_WARNINGS
from jupyter_ml.store import experiments, imports
from jupyter_ml.store.attempts import start_attempt
from jupyter_ml.store.engine import is_duplicate
from jupyter_ml.store.events import first_revision, record
from jupyter_ml.store.job_events import job_event
from jupyter_ml.store.logged import LoggedStore
from jupyter_ml.store.queue_positions import compute_queue, keep_estimate, queue_position
from jupyter_ml.store.rows import detail_row, job_row, metric_rows, param_rows, read_jobs, tag_rows
from jupyter_ml.store.run_table import run_columns, run_table
from jupyter_ml.store.search import search_row
from jupyter_ml.store.similar_jobs import latest_similar_job
from jupyter_ml.store.tables import attempts, job_details, job_metrics, job_params, job_search, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.schemas.queue import ComputeQueue, QueuePosition
    from jupyter_ml.schemas.repair import JobRecord
    from jupyter_ml.schemas.run_table import RunColumns, RunTable, RunTableQuery
    from jupyter_ml.schemas.runs import Run
    from jupyter_ml.schemas.warnings import JobWarning
    from jupyter_ml.store.imports import KnownRuns
    from jupyter_ml.store.similar_jobs import SimilarJob

__all__ = ["JobStore"]


class JobStore(LoggedStore):
    """Rows of jobs that clients submit and read; the base classes have those that the supervisor changes.

    Every change of a job writes an event in the same transaction.
    """

    def insert(
        self,
        job: Job,
        *,
        host: str | None,
        process: dict[str, Any] | None = None,
        verifying_key: str | None = None,
    ) -> Job:
        """Add a job; an experiment that does not exist is created, an archived one is restored.

        Parameters
        ----------
        job
            Queued for one that waits; Preparing or Running for one that already runs in another process.
        host
            The only host that may run it; None for any.
        process
            How to find the process that runs it already.
        verifying_key
            What verifies the last event that this process writes.

        Raises
        ------
        ConflictError
            When its name is taken.
        """
        time = now()
        if job.state in ACTIVE:
            started = {"attempt": max(job.attempt, 1), "started_at": job.started_at or time}
            job = job.model_copy(update=started)
        with self._database.write() as connection:
            job_id = _add(connection, job, host)
            if job.attempt:
                start_attempt(connection, job_id, job, job.started_at or time, process, verifying_key=verifying_key)
            if job.state == JobState.QUEUED:
                keep_estimate(connection, self._find(connection, job.name))
            record(connection, [job_event("job_created", job, time)])
            return read_jobs(connection, [job_id])[0]

    def restore(self, lost: JobRecord, *, host: str | None) -> Job:
        """Add a job whose row was lost, from the copy in its directory; remove a row imported for its run meanwhile.

        Raises
        ------
        ConflictError
            When its name is taken.
        """
        job = lost.job
        with self._database.write() as connection:
            if job.run_id is not None:
                connection.execute(delete(jobs).where(jobs.c.run_id == job.run_id, jobs.c.type == MLFLOW_RUN))
            job_id = _add(connection, job, host)
            for attempt in lost.attempts:
                row = {"job_id": job_id, "event_log_offset": 0, "progress": None} | attempt.model_dump()
                row["cause"] = attempt.cause and attempt.cause.model_dump(mode="json")
                if attempt.number == job.attempt and job.state not in ACTIVE:
                    row["progress"] = job.progress.model_dump(mode="json")
                connection.execute(insert(attempts), row)
            last = {key: Metric(value=value, step=0, time=job.ended_at or now()) for key, value in job.metrics.items()}
            if last:
                connection.execute(insert(job_metrics), metric_rows(last.items(), job_id))
            record(connection, [job_event("job_created", job, now())])
            return read_jobs(connection, [job_id])[0]

    def any_submitted(self) -> bool:
        """Return whether there is a job that is not an imported MLflow run."""
        with self._database.read() as connection:
            return connection.execute(select(jobs.c.id).where(jobs.c.type != MLFLOW_RUN).limit(1)).first() is not None

    def submitted_names(self) -> set[str]:
        """Return the names of all jobs that are not imported MLflow runs."""
        with self._database.read() as connection:
            return set(connection.scalars(select(jobs.c.name).where(jobs.c.type != MLFLOW_RUN)))

    def names_of_runs(self, run_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of the jobs of MLflow runs, by the ids of the runs."""
        query = select(jobs.c.run_id, jobs.c.name).where(jobs.c.run_id.in_([*run_ids]))
        with self._database.read() as connection:
            return {run_id: name for run_id, name in connection.execute(query)}  # noqa: C416 -- rows

    def latest_similar_job(self, name: str) -> SimilarJob | None:
        """Return the last completed job that ran the same notebook as this one; None where there is none."""
        with self._database.read() as connection:
            return latest_similar_job(connection, self._find(connection, name))

    def queue_position(self, name: str) -> QueuePosition:
        """Return where a job is in the queue."""
        with self._database.read() as connection:
            return queue_position(connection, self._find(connection, name))

    def compute_queue(self, compute: str) -> ComputeQueue:
        """Return how many jobs wait for a compute, and how good its estimates were."""
        with self._database.read() as connection:
            return compute_queue(connection, compute)

    def table(self, query: RunTableQuery, prices: Mapping[str, float]) -> RunTable:
        """Return values of the jobs that match a query, by column; `prices` are those of an hour by compute."""
        with self._database.read() as connection:
            return run_table(connection, query, prices)

    def columns(self, query: JobQuery, prices: Mapping[str, float]) -> RunColumns:
        """Return the parameters, metrics and tags that the jobs that match a query have; `prices` as in `table`."""
        with self._database.read() as connection:
            return run_columns(connection, query, prices)

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs are in each state, without archived ones."""
        query = (
            select(jobs.c.state, func.count())
            .where(jobs.c.lifecycle_stage.in_(LifecycleStage.of(archived=False)))
            .group_by(jobs.c.state)
        )
        with self._database.read() as connection:
            return {JobState(state): count for state, count in connection.execute(query)}

    def is_current(self, job: Job) -> bool:
        """Return whether a job is as it was read: in the same state and attempt, with the same fields."""
        with self._database.read() as connection:
            row = self._find(connection, job.name)
        return (row.state, row.attempt, row.revision) == (job.state, job.attempt, job.revision)

    def set_run(self, name: str, run_id: str) -> None:
        """Set the MLflow run of a job; a row imported for that run meanwhile is removed."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            connection.execute(delete(jobs).where(jobs.c.run_id == run_id, jobs.c.type == MLFLOW_RUN))
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(run_id=run_id))

    def snapshots(self) -> set[str]:
        """Return the content hashes of all code that a job needs."""
        with self._database.read() as connection:
            return {digest for digest in connection.scalars(select(job_details.c.snapshot).distinct()) if digest}

    def set_metrics(self, name: str, metrics: dict[str, Metric]) -> None:
        """Set the last values of some metrics."""
        if not metrics:
            return
        with self._database.write() as connection:
            rows = metric_rows(metrics.items(), self._find(connection, name).id)
            upsert = _insert(connection)(job_metrics)
            new = {column: upsert.excluded[column] for column in ("value", "step", "time")}
            connection.execute(upsert.on_conflict_do_update(index_elements=["key", "job_id"], set_=new), rows)

    def add_warnings(self, name: str, warnings: Iterable[JobWarning]) -> Job:
        """Add warnings to the current attempt of a job; one that is there already is not repeated."""
        with self._database.write() as connection:
            job_id = self._find(connection, name).id
            job = read_jobs(connection, [job_id])[0]
            merged = list(dict.fromkeys([*job.warnings, *warnings]))[:MAX_WARNINGS]
            if merged == job.warnings:
                return job
            values = {"warnings": [each.model_dump(mode="json", exclude_none=True) for each in merged]}
            connection.execute(update(job_details).where(job_details.c.job_id == job_id).values(values))
            job = job.model_copy(update={"warnings": merged})
            record(connection, [job_event("job_warned", job, now())])
            return job

    def import_runs(self, runs: Iterable[Run]) -> None:
        """Add or update the rows of MLflow runs; runs of submitted jobs are skipped."""
        with self._database.write() as connection:
            imports.import_runs(connection, runs)

    def own_runs(self, run_ids: Iterable[str]) -> set[str]:
        """Return those MLflow runs that belong to submitted jobs."""
        with self._database.read() as connection:
            return imports.own_runs(connection, run_ids)

    def known_runs(self) -> KnownRuns:
        """Return what has been imported, so that only later changes need to be read."""
        with self._database.read() as connection:
            return imports.known_runs(connection)


def _insert(connection: Connection) -> Any:
    """Return the `insert` of the database; each is imported when it is needed, because that takes a while."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert

        return insert
    from sqlalchemy.dialects.postgresql import insert as insert_postgresql

    return insert_postgresql


def _add(connection: Connection, job: Job, host: str | None) -> int:
    """Add the rows of a job, but for its attempts and metrics, and return its number."""
    experiments.ensure(connection, {job.experiment_name: job.created_at}, restore=True)
    try:
        row = job_row(job, host) | {"revision": max(job.revision, first_revision(connection))}
        job_id: int = connection.execute(insert(jobs), row).inserted_primary_key[0]  # type: ignore[index]
    except exc.IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise ConflictError(f"there is a job {job.name!r} already: choose another name") from error
    connection.execute(insert(job_details), detail_row(job, job_id))
    connection.execute(insert(job_search), search_row(job, job_id))
    for table, rows in ((job_params, param_rows(job.parameters, job_id)), (job_tags, tag_rows(job.tags, job_id))):
        if rows:
            connection.execute(insert(table), rows)
    return job_id
