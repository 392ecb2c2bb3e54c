# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments: the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.experiments import Experiment, ExperimentQuery
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.services.formatting import age
from jupyter_ml.services.tables import Table

if TYPE_CHECKING:
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["ExperimentService", "ExperimentTable"]


class ExperimentService:
    """The experiments of a workspace; a job's submission makes the one that it names."""

    def __init__(self, context: WorkspaceContext) -> None:
        self._context = context

    def list(self, *, archived: bool | None = False) -> list[Experiment]:
        """Return the experiments, the most recently used first; `archived` None for both kinds."""
        query = ExperimentQuery(archived=archived, limit=1_000)
        return self._context.store.experiments.list(query).items

    def table(self, *, archived: bool | None = False) -> ExperimentTable:
        """Return what `list` returns so that it reads as a table."""
        return ExperimentTable(self.list(archived=archived))

    def get(self, name: str) -> Experiment:
        """Return one experiment; NotFoundError where there is none."""
        return self._context.store.experiments.get(name)

    def archive(self, name: str) -> Experiment:
        """Take an experiment out of the lists; the next job that names it brings it back."""
        return self._archive(name, archived=True)

    def restore(self, name: str) -> Experiment:
        """Undo `archive`."""
        return self._archive(name, archived=False)

    def _archive(self, name: str, *, archived: bool) -> Experiment:
        stage = LifecycleStage.ARCHIVED if archived else LifecycleStage.ACTIVE
        experiment = self._context.store.experiments.set_stage(name, stage)
        self._context.notify()
        return experiment


class ExperimentTable(Table[Experiment]):
    """The experiments of a workspace."""

    headings = ["name", "jobs>", "last job>", ""]  # noqa: RUF012
    empty = "No experiments. The first job makes one."

    def rows(self) -> list[list[str]]:
        """Return the cells of the table, row by row."""
        return [[item.name, str(item.jobs), age(item.last_job_at), item.description or ""] for item in self]
