# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments, and tables of their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.computes import LOCAL
from jupyter_ml.schemas.experiments import EXPERIMENT, Experiment, ExperimentQuery
from jupyter_ml.services.resources import ResourceService

if TYPE_CHECKING:
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.schemas.run_table import RunColumns, RunTable, RunTableQuery
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["ExperimentService"]


class ExperimentService(ResourceService[Experiment, ExperimentQuery]):
    """Experiments of a workspace.

    Runs are an experiment's jobs, which include what other programs logged to it with MLflow.
    """

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, EXPERIMENT, context.store.experiments)

    def runs(self, name: str, query: RunTableQuery) -> RunTable:
        """Return values of the runs of an experiment, by column."""
        self.get(name)
        return self._context.store.jobs.table(query.model_copy(update={"experiment_name": name}), self._prices())

    def run_columns(self, name: str, query: JobQuery) -> RunColumns:
        """Return the parameters, metrics and tags that the runs of an experiment have, and what the runs cost."""
        self.get(name)
        return self._context.store.jobs.columns(query.model_copy(update={"experiment_name": name}), self._prices())

    def _prices(self) -> dict[str, float]:
        """Return what an hour costs, by compute."""
        prices = {each.name: each.price_per_hour for each in self._context.store.computes.all()}
        if prices.get(LOCAL) is None:
            prices[LOCAL] = self._context.settings.local.price_per_hour
        return {name: price for name, price in prices.items() if price is not None}
