# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of the runs of an experiment, by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.schemas.run_table import RunColumns, RunTable, RunTableQuery

__all__ = ["RunColumnsHandler", "RunsHandler"]

RESOURCE = "jupyter_ml:jobs"  # the values of jobs: reading experiments alone does not allow it


class RunsHandler(Handler):
    """Runs of an experiment."""

    auth_resource = RESOURCE

    @operation("getRuns", large=True)
    def get(self, name: str, query: RunTableQuery) -> RunTable:
        """Return the values of an experiment's runs by column."""
        return self.workspace.experiments.runs(name, query)


class RunColumnsHandler(Handler):
    """Columns of the runs of an experiment."""

    auth_resource = RESOURCE

    @operation("getRunColumns", large=True)
    def get(self, name: str, query: JobQuery) -> RunColumns:
        """Return the parameters, metrics and tags that an experiment's runs have."""
        return self.workspace.experiments.run_columns(name, query)
