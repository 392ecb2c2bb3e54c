"""Experiments."""

from __future__ import annotations

from jupyter_ml.schemas.experiments import Experiment
from jupyter_ml.schemas.queries import ExperimentQuery
from jupyter_ml.server.handler import Handler, verb

__all__ = ["ArchiveExperimentHandler", "ExperimentHandler", "ExperimentsHandler", "RestoreExperimentHandler"]

RESOURCE = "jupyter_ml:experiments"


class ExperimentsHandler(Handler):
    """All experiments."""

    auth_resource = RESOURCE

    @verb("listExperiments", answer=list[Experiment], query=ExperimentQuery)
    def get(self, query: ExperimentQuery) -> list[Experiment]:
        """Return the experiments, the most recently used first."""
        return self.workspace.experiments.list(archived=query.archived)


class ExperimentHandler(Handler):
    """One experiment."""

    auth_resource = RESOURCE

    @verb("getExperiment", answer=Experiment)
    def get(self, name: str) -> Experiment:
        """Return one experiment."""
        return self.workspace.experiments.get(name)


class ArchiveExperimentHandler(Handler):
    """The wish to archive an experiment."""

    auth_resource = RESOURCE

    @verb("archiveExperiment", answer=Experiment)
    def post(self, name: str) -> Experiment:
        """Take an experiment out of the lists."""
        return self.workspace.experiments.archive(name)


class RestoreExperimentHandler(Handler):
    """The wish to bring an experiment back."""

    auth_resource = RESOURCE

    @verb("restoreExperiment", answer=Experiment)
    def post(self, name: str) -> Experiment:
        """Bring an archived experiment back into the lists."""
        return self.workspace.experiments.restore(name)
