# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of models: registration, details, files, comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler
from jupyter_ml.server.mlflow_ui import MLFLOW_UI
from jupyter_ml.server.responses import ArchiveResponse, FileResponse

if TYPE_CHECKING:
    from jupyter_ml.schemas.comparison import CompareQuery
    from jupyter_ml.schemas.model_details import ModelComparison, ModelDetails, ModelFiles
    from jupyter_ml.schemas.models import Model, ModelCreate
    from jupyter_ml.schemas.queries import ArchiveQuery, FileQuery

__all__ = [
    "ModelArchiveHandler",
    "ModelComparisonHandler",
    "ModelDetailsHandler",
    "ModelFileHandler",
    "ModelFilesHandler",
    "ModelsHandler",
]

RESOURCE = "jupyter_ml:models"


class ModelsHandler(Handler):
    """Models."""

    auth_resource = RESOURCE

    @operation("createModel", status=201, location="/models/{name}/versions/{version}", reads="contents")
    def post(self, body: ModelCreate) -> Model:
        """Register one version of a model; a local path is a contents path."""
        return self.workspace.models.create(body, root=self.app.root)


class ModelDetailsHandler(Handler):
    """What a version consists of."""

    auth_resource = RESOURCE

    @operation("getModelDetails")
    def get(self, name: str, version: str) -> ModelDetails:
        """Return flavors, signature, packages and input example of one version of one model."""
        details = self.workspace.models.details(f"{name}:{version}")
        if not self.workspace.tracking_ui.installed():
            return details
        return details.model_copy(update={"ui_path": f"{MLFLOW_UI}/#/models/{quote(name)}/versions/{version}"})


class ModelComparisonHandler(Handler):
    """A comparison of two versions."""

    auth_resource = RESOURCE

    @operation("compareModels")
    def get(self, name: str, version: str, query: CompareQuery) -> ModelComparison:
        """Return two versions of models beside each other."""
        return self.workspace.models.compare(f"{name}:{version}", query.to)


class ModelFilesHandler(Handler):
    """Files of a version."""

    auth_resource = RESOURCE

    @operation("listModelFiles", large=True)
    def get(self, name: str, version: str, query: FileQuery) -> ModelFiles:
        """Return a page of the files of one version of one model."""
        return self.workspace.models.files(f"{name}:{version}", query)


class ModelFileHandler(Handler):
    """One file of a version."""

    auth_resource = RESOURCE

    @operation("downloadModelFile")
    def get(self, name: str, version: str, path: str) -> FileResponse:
        """Return a file or a range of it, with ETag and Last-Modified."""
        return FileResponse(self.workspace.models.open(f"{name}:{version}", path), path.rpartition("/")[2])

    @operation("describeModelFile")
    def head(self, name: str, version: str, path: str) -> FileResponse:
        """Return the headers of a file: size, type, ETag and Last-Modified."""
        return FileResponse(self.workspace.models.open(f"{name}:{version}", path), path.rpartition("/")[2])


class ModelArchiveHandler(Handler):
    """Files of a version as one."""

    auth_resource = RESOURCE

    @operation("downloadModelFiles", large=True)
    def get(self, name: str, version: str, query: ArchiveQuery) -> ArchiveResponse:
        """Return a directory of one version of one model, or all its files, as a ZIP archive."""
        chunks = self.workspace.models.archive_files(f"{name}:{version}", query.path)
        return ArchiveResponse(chunks, f"{name}-{version}.zip")
