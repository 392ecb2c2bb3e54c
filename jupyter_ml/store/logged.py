# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Parameters and tags that the code of jobs logs to MLflow, stored where jobs are searched, sorted and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from jupyter_ml.schemas.jobs import MLFLOW_RUN
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.store.job_updates import JobUpdates
from jupyter_ml.store.rows import param_rows, tag_rows
from jupyter_ml.store.search import refresh_search
from jupyter_ml.store.tables import job_details, job_params, job_tags, jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table

    from jupyter_ml.schemas.runs import LoggedValues

__all__ = ["LoggedStore"]


class LoggedStore(JobUpdates):
    """Values that jobs have logged. Those that were given when the job was submitted take precedence."""

    def set_logged(self, logged: Mapping[str, LoggedValues], *, final: bool = False) -> bool:
        """Store what jobs have logged, by their names, instead of what was stored before.

        Parameters
        ----------
        logged
            The values of each job; jobs that do not exist are ignored.
        final
            Whether these are all values, because the jobs have ended.

        Returns
        -------
        bool
            Whether any value has changed.
        """
        if not final:
            with self._database.read() as connection:  # as a rule nothing has changed, and no writer has to wait
                if not any(_differences(connection, *each) for each in _with_ids(connection, logged)):
                    return False
        with self._database.write() as connection:
            found = _with_ids(connection, logged)
            changed = [job_id for job_id, values in found if _store(connection, job_id, values)]
            refresh_search(connection, changed)
            if final:
                details = job_details.c.job_id.in_([job_id for job_id, _ in found])
                connection.execute(update(job_details).where(details).values(logged=True))
            return bool(changed)

    def not_logged(self, limit: int) -> dict[str, str]:
        """Return jobs that have ended and whose logged values may be missing: their MLflow runs by their names."""
        ended = jobs.c.state.in_(FINAL) & jobs.c.run_id.is_not(None) & (jobs.c.type != MLFLOW_RUN)
        # by the index of these: a join reads all jobs
        missing = select(job_details.c.job_id).where(job_details.c.logged.is_(None))
        some = select(jobs.c.name, jobs.c.run_id).where(jobs.c.id.in_(missing), ended)
        newest = some.order_by(jobs.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return {name: run_id for name, run_id in connection.execute(newest)}  # noqa: C416 -- rows


def _with_ids(connection: Connection, logged: Mapping[str, LoggedValues]) -> list[tuple[int, LoggedValues]]:
    found = connection.execute(select(jobs.c.id, jobs.c.name).where(jobs.c.name.in_([*logged])))
    return [(job_id, logged[name]) for job_id, name in found]


def _store(connection: Connection, job_id: int, values: LoggedValues) -> bool:
    differences = _differences(connection, job_id, values)
    for table, gone, new in differences:
        connection.execute(delete(table).where(table.c.job_id == job_id, table.c.key.in_(gone)))
        if new:
            connection.execute(insert(table), new)
    return bool(differences)


def _differences(
    connection: Connection, job_id: int, values: LoggedValues
) -> list[tuple[Table, list[str], list[dict[str, Any]]]]:
    """Return the keys to delete from each table, and the rows to insert then; only tables that differ."""
    details = select(job_details.c.parameters, job_details.c.tags, job_details.c.run_changes)
    given = connection.execute(details.where(job_details.c.job_id == job_id)).one()
    removed = (given.run_changes or {}).get("tags", {})  # the run may still have them
    both = (
        (job_params, param_rows(values.parameters, job_id), given.parameters),
        (job_tags, tag_rows(values.tags, job_id), {**given.tags, **removed}),
    )
    found = []
    for table, rows, own in both:
        stored = connection.execute(select(table.c.key, table.c.text).where(table.c.job_id == job_id))
        before = {key: text for key, text in stored if key not in own}
        after = {row["key"]: row for row in rows if row["key"] not in own}
        new = [row for key, row in after.items() if before.get(key) != row["text"]]
        gone = [key for key in before if key not in after or before[key] != after[key]["text"]]
        if new or gone:
            found.append((table, gone, new))
    return found
