# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores: what they have besides the operations of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.datastores import Browse, Datastore, DatastoreCreate, DatastoreFiles, DatastoreTest

__all__ = ["DatastoreFilesHandler", "DatastoresHandler", "TestDatastoreHandler"]

RESOURCE = "jupyter_ml:datastores"


class DatastoresHandler(Handler):
    """Datastores."""

    auth_resource = RESOURCE

    @operation("createDatastore", status=201, location="/datastores/{name}", reads_contents=True)
    def post(self, body: DatastoreCreate) -> Datastore:
        """Create one datastore; a path is a contents path, and credentials are stored in the vault only."""
        return self.workspace.datastores.create(body, root=self.app.root)


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
