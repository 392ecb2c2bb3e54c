# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores: what they have besides the operations of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.names import DATASTORE
from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler
from jupyter_ml.server.resources import require_name
from jupyter_ml.server.routed_kinds import routed

if TYPE_CHECKING:
    from jupyter_ml.schemas.datastores import Browse, Datastore, DatastoreCreate, DatastoreFiles, DatastoreTest
    from jupyter_ml.schemas.resources import RevisionQuery

__all__ = ["DatastoreFilesHandler", "DatastoreHandler", "DatastoresHandler", "TestDatastoreHandler"]

RESOURCE = "jupyter_ml:datastores"


class DatastoresHandler(Handler):
    """Datastores."""

    auth_resource = RESOURCE

    @operation("createDatastore", status=201, location="/datastores/{name}", reads="contents")
    def post(self, body: DatastoreCreate) -> Datastore:
        """Create one datastore; a path is a contents path, and credentials are stored in the vault only."""
        return self.workspace.datastores.create(body, root=self.app.root)


class DatastoreHandler(Handler):
    """A datastore."""

    auth_resource = RESOURCE

    @operation(
        "createOrUpdateDatastore",
        location="/datastores/{name}",
        reads="contents",
        signature=routed(DATASTORE).replacement,
    )
    def put(self, name: str, query: RevisionQuery, body: DatastoreCreate) -> Any:
        """Create one datastore, or replace its fields; credentials stay if none are given and no setting changes."""
        from jupyter_ml.server.responses import Created

        require_name(body, name)
        resource, is_new = self.workspace.datastores.save(body, revision=query.revision, root=self.app.root)
        return Created(resource) if is_new else resource


class TestDatastoreHandler(Handler):
    """The test of a datastore."""

    auth_resource = RESOURCE

    @operation("testDatastore")
    def post(self, name: str) -> DatastoreTest:
        """Return whether one datastore can be written to, if it can be read."""
        return self.workspace.datastores.test(name)


class DatastoreFilesHandler(Handler):
    """Files of a datastore."""

    auth_resource = RESOURCE

    @operation("browseDatastore", large=True)
    def get(self, name: str, query: Browse) -> DatastoreFiles:
        """Return what is directly in a directory of one datastore."""
        return self.workspace.datastores.browse(name, query)
