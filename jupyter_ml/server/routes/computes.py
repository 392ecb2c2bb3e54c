# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes: what they have besides the operations of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.compute_states import ComputeUsage
    from jupyter_ml.schemas.computes import ComputeCreate, ComputeInfo, ComputeLog
    from jupyter_ml.schemas.forms import ComputeType
    from jupyter_ml.schemas.nodes import ComputeNodes
    from jupyter_ml.schemas.queries import ComputeSeriesQuery
    from jupyter_ml.schemas.queue import ComputeQueue
    from jupyter_ml.schemas.series import ComputeSeries

__all__ = [
    "ComputeLogHandler",
    "ComputeNodesHandler",
    "ComputeQueueHandler",
    "ComputeSeriesHandler",
    "ComputeTypesHandler",
    "ComputeUsageHandler",
    "ComputesHandler",
    "RestartComputeHandler",
    "StartComputeHandler",
    "StopComputeHandler",
]

RESOURCE = "jupyter_ml:computes"


class ComputeTypesHandler(Handler):
    """The types of computes."""

    auth_resource = RESOURCE

    @operation("listComputeTypes")
    def get(self) -> list[ComputeType]:
        """Return the types of computes, each with the form that creates one, and why this machine cannot have one."""
        return self.workspace.computes.types()


class ComputesHandler(Handler):
    """Computes."""

    auth_resource = RESOURCE

    @operation("createCompute", status=201, location="/computes/{name}", reads="contents")
    def post(self, body: ComputeCreate) -> ComputeInfo:
        """Create one compute and start it; sources of mounts are contents paths."""
        return self.workspace.computes.create(body, root=self.app.root)


class StartComputeHandler(Handler):
    """The start of a compute."""

    auth_resource = RESOURCE

    @operation("startCompute", status=202)
    def post(self, name: str) -> ComputeInfo:
        """Request the start of one compute."""
        return self.workspace.computes.start(name)


class StopComputeHandler(Handler):
    """The stop of a compute."""

    auth_resource = RESOURCE

    @operation("stopCompute", status=202)
    def post(self, name: str) -> ComputeInfo:
        """Request the stop of one compute on which no jobs run."""
        return self.workspace.computes.stop(name)


class RestartComputeHandler(Handler):
    """The restart of a compute."""

    auth_resource = RESOURCE

    @operation("restartCompute", status=202)
    def post(self, name: str) -> ComputeInfo:
        """Request the restart of one compute on which no jobs run."""
        return self.workspace.computes.restart(name)


class ComputeUsageHandler(Handler):
    """How busy a compute is."""

    auth_resource = RESOURCE

    @operation("getComputeUsage")
    def get(self, name: str) -> ComputeUsage:
        """Return how busy one compute is."""
        return self.workspace.computes.usage(name)


class ComputeNodesHandler(Handler):
    """The nodes of a cluster."""

    auth_resource = RESOURCE

    @operation("listComputeNodes")
    def get(self, name: str) -> ComputeNodes:
        """Return the nodes of one cluster."""
        return self.workspace.computes.nodes(name)


class ComputeQueueHandler(Handler):
    """The queue of a compute."""

    auth_resource = RESOURCE

    @operation("getComputeQueue")
    def get(self, name: str) -> ComputeQueue:
        """Return how many jobs wait for one compute, and how often estimates of their starts were right."""
        return self.workspace.computes.queue(name)


class ComputeSeriesHandler(Handler):
    """How busy a compute was."""

    auth_resource = RESOURCE

    @operation("getComputeSeries")
    def get(self, name: str, query: ComputeSeriesQuery) -> ComputeSeries:
        """Return how busy one compute was over time."""
        return self.workspace.computes.usage_series(name, query)


class ComputeLogHandler(Handler):
    """The log of a compute."""

    auth_resource = RESOURCE

    @operation("getComputeLog", large=True)
    def get(self, name: str) -> ComputeLog:
        """Return the end of the log of one compute."""
        return self.workspace.computes.logs(name)
