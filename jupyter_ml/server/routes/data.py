# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data: what data assets have besides the operations of every kind, and the content of data files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.data import Data, DataCreate
    from jupyter_ml.schemas.data_view import DataProfile, DataRows, ProfileQuery, RowsQuery, Thumbnails, ThumbnailsQuery
    from jupyter_ml.schemas.fingerprints import DataCheck

__all__ = ["CheckDataHandler", "DataHandler", "ProfileHandler", "RowsHandler", "ThumbnailsHandler"]

RESOURCE = "jupyter_ml:data"


class DataHandler(Handler):
    """Data assets."""

    auth_resource = RESOURCE

    @operation("createData", status=201, location="/data/{name}/versions/{version}", reads="contents")
    def post(self, body: DataCreate) -> Data:
        """Register files as one version of a data asset; a local path is a contents path."""
        return self.workspace.data.create(body, root=self.app.root)


class CheckDataHandler(Handler):
    """The check of a data asset."""

    auth_resource = RESOURCE

    @operation("checkData")
    def get(self, name: str) -> DataCheck:
        """Return whether the files of one data asset are still those that were registered."""
        return self.workspace.data.check(name)


class RowsHandler(Handler):
    """The rows of a data file."""

    auth_resource = RESOURCE

    @operation("listDataRows", reads="contents")
    def get(self, query: RowsQuery) -> DataRows:
        """Return a page of the rows of one file or directory, or how far the search for it is."""
        return self.workspace.data.rows(
            query.path,
            offset=query.offset,
            limit=query.limit,
            filters=query.filters,
            root=self.app.root,
            wait=False,
        )


class ThumbnailsHandler(Handler):
    """The images of a directory."""

    auth_resource = RESOURCE

    @operation("listThumbnails", reads="contents")
    def get(self, query: ThumbnailsQuery) -> Thumbnails:
        """Return thumbnails of some images of one directory."""
        return self.workspace.data.thumbnails(query.path, offset=query.offset, limit=query.limit, root=self.app.root)


class ProfileHandler(Handler):
    """The profile of a data file."""

    auth_resource = RESOURCE

    @operation("getDataProfile", reads="contents")
    def get(self, query: ProfileQuery) -> DataProfile:
        """Return the profile of the columns of one file; it ends when the client disconnects."""
        return self.workspace.data.profile(
            query.path, exact=query.exact, root=self.app.root, cancelled=self.disconnected
        )
