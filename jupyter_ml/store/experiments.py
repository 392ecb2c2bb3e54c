# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The experiments of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from jupyter_ml.errors import NotFoundError, nearest
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.experiments import Experiment
from jupyter_ml.store.events import event_row, record
from jupyter_ml.store.tables import LifecycleStage, experiments, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from jupyter_ml.store.engine import Database

__all__ = ["ExperimentStore", "ensure"]


class ExperimentStore:
    """Rows of experiments, each with what its jobs add up to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Experiment:
        """Return one; NotFoundError with the nearest spelling when there is none."""
        with self._database.read() as connection:
            found = _select(connection, experiments.c.name == name)
            if not found:
                known = connection.scalars(select(experiments.c.name))
                raise NotFoundError(f"there is no experiment {name!r}{nearest(name, known)}")
            return found[0]

    def list(self, archived: bool | None = False) -> list[Experiment]:
        """Return those that are archived or not, or all with None; the one with the newest job first."""
        with self._database.read() as connection:
            return _select(connection, True if archived is None else experiments.c.archived == archived)

    def archive(self, name: str, archived: bool) -> Experiment:
        """Hide one from lists, or show it again; NotFoundError where there is none."""
        before = self.get(name)
        with self._database.write() as connection:
            change = update(experiments).where(experiments.c.name == name, experiments.c.archived != archived)
            if connection.execute(change.values(archived=archived)).rowcount:
                kind = "experiment_archived" if archived else "experiment_restored"
                record(connection, [event_row(kind, "experiment", name, {"archived": archived})])
        return before.model_copy(update={"archived": archived})

    def set_description(self, name: str, description: str | None) -> Experiment:
        """Change what it says about itself."""
        return self._change(name, description=description)

    def _change(self, name: str, **values: str | bool | None) -> Experiment:
        with self._database.write() as connection:
            connection.execute(update(experiments).where(experiments.c.name == name).values(values))
        return self.get(name)


def _select(connection: Connection, condition: object) -> list[Experiment]:
    newest = func.max(jobs.c.created_at, type_=jobs.c.created_at.type)
    rows = connection.execute(
        select(
            experiments,
            func.count(jobs.c.id).filter(jobs.c.lifecycle_stage.in_(LifecycleStage.of(archived=False))).label("jobs"),
            newest.label("last_job_at"),
        )
        .outerjoin(jobs, jobs.c.experiment_name == experiments.c.name)
        .where(condition)  # type: ignore[arg-type]
        .group_by(experiments.c.name)
        .order_by(newest.desc().nulls_last(), experiments.c.name)
    )
    return [Experiment.model_validate(dict(row)) for row in rows.mappings()]


def ensure(connection: Connection, names: Iterable[str], *, restore: bool) -> None:
    """Make the experiments that do not exist; with `restore`, archived ones are shown again."""
    wanted = set(names)
    known = set(connection.scalars(select(experiments.c.name).where(experiments.c.name.in_(wanted))))
    if restore and known:
        change = update(experiments).where(experiments.c.name.in_(known), experiments.c.archived)
        connection.execute(change.values(archived=False))
    if wanted - known:
        rows = [{"name": name, "created_at": now(), "archived": False} for name in sorted(wanted - known)]
        connection.execute(insert(experiments), rows)
