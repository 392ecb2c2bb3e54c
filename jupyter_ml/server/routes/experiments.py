# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.experiments import Experiment, ExperimentQuery

__all__ = ["ArchiveExperimentHandler", "ExperimentHandler", "ExperimentsHandler", "RestoreExperimentHandler"]

RESOURCE = "jupyter_ml:experiments"


class ExperimentsHandler(Handler):
    """All experiments."""

    auth_resource = RESOURCE

    @operation("listExperiments")
    def get(self, query: ExperimentQuery) -> list[Experiment]:
        """Return the experiments, the most recently used first."""
        return self.workspace.experiments.list(archived=query.archived)


class ExperimentHandler(Handler):
    """One experiment."""

    auth_resource = RESOURCE

    @operation("getExperiment")
    def get(self, name: str) -> Experiment:
        """Return one experiment."""
        return self.workspace.experiments.get(name)


class ArchiveExperimentHandler(Handler):
    """Archiving an experiment."""

    auth_resource = RESOURCE

    @operation("archiveExperiment")
    def post(self, name: str) -> Experiment:
        """Archive an experiment."""
        return self.workspace.experiments.archive(name)


class RestoreExperimentHandler(Handler):
    """Restoring an experiment."""

    auth_resource = RESOURCE

    @operation("restoreExperiment")
    def post(self, name: str) -> Experiment:
        """Restore an archived experiment."""
        return self.workspace.experiments.restore(name)
