# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The experiments of a workspace."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from jupyter_ml.schemas.experiments import EXPERIMENT, Experiment, ExperimentQuery
from jupyter_ml.schemas.filters import quoted
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.store.crud import ResourceStore, new_row
from jupyter_ml.store.events import event_row, first_revision, record
from jupyter_ml.store.tables import experiments, jobs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from jupyter_ml.store.engine import Database

__all__ = ["ExperimentStore", "ensure"]


class ExperimentStore(ResourceStore[Experiment, ExperimentQuery]):
    """Experiments, each with the number of its jobs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, EXPERIMENT, experiments)

    def _read(self, connection: Connection, keys: Sequence[Any]) -> Sequence[Experiment]:
        counted = (
            select(jobs.c.experiment_name, func.count())
            .where(jobs.c.experiment_name.in_(keys), jobs.c.lifecycle_stage.in_(LifecycleStage.of(archived=False)))
            .group_by(jobs.c.experiment_name)
        )
        counts = {row[0]: row[1] for row in connection.execute(counted)}
        found = super()._read(connection, keys)
        return [each.model_copy(update={"jobs": counts.get(each.name, 0)}) for each in found]

    def _users(self, resource: Experiment) -> str:
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).where(jobs.c.experiment_name == resource.name)) or 0
        command = f"jupyter ml job for-all delete {shlex.quote(f'experiment:{quoted(resource.name)}')}"
        commands = [command] if resource.jobs else []
        if total > resource.jobs:
            commands.append(f"{command} is:archived")
        count = f"{total} job{'s' if total != 1 else ''}"
        return f"it has {count}, {total - resource.jobs} of them archived: delete them first ({' and '.join(commands)})"


def ensure(connection: Connection, newest: Mapping[str, datetime], *, restore: bool) -> None:
    """Create the experiments that new jobs name and that do not exist.

    Parameters
    ----------
    connection
        Of the transaction that adds the jobs.
    newest
        When the newest of the jobs was created, by experiment.
    restore
        Whether archived experiments are restored.
    """
    rows = connection.execute(select(experiments).where(experiments.c.name.in_(newest))).all()
    events = []
    for row in rows:
        values: dict[str, Any] = {}
        if row.last_job_at is None or row.last_job_at < newest[row.name]:
            values["last_job_at"] = newest[row.name]
        if restore and row.lifecycle_stage & LifecycleStage.ARCHIVED:
            values["lifecycle_stage"] = row.lifecycle_stage & ~LifecycleStage.ARCHIVED
            events.append(_event("restored", row.name))
        if values:
            connection.execute(update(experiments).where(experiments.c.name == row.name).values(values))
    new = sorted(newest.keys() - {row.name for row in rows})
    if new:
        revision = first_revision(connection)
        created = [new_row({"name": name, "last_job_at": newest[name]}, revision) for name in new]
        connection.execute(insert(experiments), created)
    record(connection, [*events, *(_event("created", name) for name in new)])


def _event(change: str, name: str) -> dict[str, Any]:
    return event_row(f"experiment_{change}", "experiment", name, {"archived": False})
