# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Update what describes jobs, and keep what their MLflow runs do not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.job_changes import JobUpdate, RunChanges
from jupyter_ml.schemas.lineage import NodeId
from jupyter_ml.schemas.states import ACTIVE, JobState
from jupyter_ml.schemas.tags import require_few
from jupyter_ml.store.lineage import add_edge
from jupyter_ml.store.requests import JobRequests
from jupyter_ml.store.revisions import with_changes
from jupyter_ml.store.rows import PRIORITIES, tag_rows
from jupyter_ml.store.search import update_search
from jupyter_ml.store.tables import job_details, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Row

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.job_data import OutputRecord
    from jupyter_ml.schemas.jobs import Job

__all__ = ["JobUpdates"]


def _without_logged(job: Job, changed: Mapping[str, str | None]) -> Job:
    """Return a job without those tags that its code has set and that are set or removed now."""
    logged = {key: value for key, value in job.logged_tags.items() if key not in changed}
    return job.model_copy(update={"logged_tags": logged})


class JobUpdates(JobRequests):
    """Updates of jobs; those of a job with an MLflow run wait until the supervisor has written them to the run."""

    def _change(self, connection: Connection, row: Row[Any], changes: Schema) -> bool:
        assert isinstance(changes, JobUpdate)
        before = self._read_one(connection, row)
        after = _without_logged(changes.applied_to(before), changes.tags)
        if after == before:
            return False
        if after.priority != before.priority and row.state != JobState.QUEUED:
            raise ConflictError(
                f"job {row.name!r} is {row.state}: only a queued job has a priority that can be changed"
            )
        require_few(after.tags)
        self._write(connection, row, after, [*before.tags, *changes.tags])
        self._add_field_revisions(connection, row, before, after)
        if row.run_id is not None or row.state in ACTIVE:  # a run that is created later has the changes
            self._add_run_changes(connection, row.id, changes)
        return True

    def _write(self, connection: Connection, row: Row[Any], job: Job, old_tags: Iterable[str]) -> None:
        values = {"display_name": job.display_name, "starred": job.starred, "revision": row.revision + 1}
        values["priority"] = PRIORITIES.index(job.priority)
        connection.execute(self._update(row).values(values))
        details = update(job_details).where(job_details.c.job_id == row.id)
        connection.execute(details.values(description=job.description, tags=job.tags))
        connection.execute(delete(job_tags).where(job_tags.c.job_id == row.id, job_tags.c.key.in_([*old_tags])))
        if tags := tag_rows(job.tags, row.id):
            connection.execute(insert(job_tags), tags)
        update_search(connection, row.id, job)

    def _add_field_revisions(self, connection: Connection, row: Row[Any], before: Job, after: Job) -> None:
        changed = [field for field in JobUpdate.model_fields if getattr(before, field) != getattr(after, field)]
        revisions = with_changes(self._field_revisions(connection, row), row.revision, changed or ["tags"])
        details = update(job_details).where(job_details.c.job_id == row.id)
        connection.execute(details.values(field_revisions=revisions))

    def _field_revisions(self, connection: Connection, row: Row[Any]) -> Mapping[str, int]:
        found: Mapping[str, int] = connection.scalars(
            select(job_details.c.field_revisions).where(job_details.c.job_id == row.id)
        ).one()
        return found

    @staticmethod
    def _add_run_changes(connection: Connection, job_id: int, changes: JobUpdate) -> None:
        added = changes.run_changes()
        if not added.model_fields_set:
            return
        details = job_details.c.job_id == job_id
        stored = connection.scalar(select(job_details.c.run_changes).where(details))
        merged = RunChanges.model_validate(stored or {}).then(added).model_dump(exclude_unset=True)
        connection.execute(update(job_details).where(details).values(run_changes=merged))

    def set_input(self, name: str, key: str, values: Mapping[str, Any]) -> None:
        """Set what was found of an input of a job when it started; nothing where the job has no such input."""
        with self._database.write() as connection:
            details = job_details.c.job_id == self._find(connection, name).id
            stored = connection.scalar(select(job_details.c.inputs).where(details)) or {}
            if key in stored:
                changed = {**stored, key: {**stored[key], **values}}
                connection.execute(update(job_details).where(details).values(inputs=changed))
                if kind := stored[key]["kind"]:
                    used = NodeId.of_asset(kind, stored[key]["reference"])
                    add_edge(connection, used, NodeId("job", name), "input", key)

    def set_output(self, name: str, key: str, record: OutputRecord) -> None:
        """Set what was made of an output of a job."""
        with self._database.write() as connection:
            details = job_details.c.job_id == self._find(connection, name).id
            stored = connection.scalar(select(job_details.c.outputs).where(details)) or {}
            changed = {**stored, key: record.model_dump(mode="json")}
            connection.execute(update(job_details).where(details).values(outputs=changed))
            if record.kind:
                created = NodeId.of_asset(record.kind, record.reference)
                add_edge(connection, NodeId("job", name), created, "output", key)

    def with_run_changes(self, *, host: str) -> list[str]:
        """Return the jobs of this host whose MLflow run does not have all of their changes."""
        some = select(jobs.c.name).join(job_details, job_details.c.job_id == jobs.c.id)
        here = jobs.c.host.is_(None) | (jobs.c.host == host)
        with self._database.read() as connection:
            return [*connection.scalars(some.where(job_details.c.run_changes.is_not(None), here))]

    def run_changes(self, name: str) -> RunChanges | None:
        """Return what the MLflow run of a job does not have yet; None if it has everything."""
        with self._database.read() as connection:
            details = job_details.c.job_id == self._find(connection, name).id
            stored = connection.scalar(select(job_details.c.run_changes).where(details))
        return None if stored is None else RunChanges.model_validate(stored)

    def run_has(self, name: str, changes: RunChanges) -> bool:
        """Record that the MLflow run of a job has these changes; return False if there are further ones."""
        with self._database.write() as connection:
            details = job_details.c.job_id == self._find(connection, name).id
            stored = connection.scalar(select(job_details.c.run_changes).where(details))
            done = stored is None or RunChanges.model_validate(stored) == changes
            if done:
                connection.execute(update(job_details).where(details).values(run_changes=None))
            return done
