# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The server through which programs on other machines log to a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.services.artifact_store import artifact_connection
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.tracking.rest import TrackingServer

if TYPE_CHECKING:
    from jupyter_ml.schemas.connections import Connection
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["tracking_server"]


def tracking_server(context: WorkspaceContext) -> TrackingServer:
    """Return a server for the MLflow store of a workspace, which is to be stopped; it is started when it is used."""
    location = context.settings.artifacts

    def connection() -> Connection | None:
        return artifact_connection(location, {}, DatastoreService(context).connections())

    return TrackingServer(context.tracking_uri, location or str(context.layout.artifacts), connection)
