# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find data that code reads by name, and record in the lineage who has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data import DATA
from jupyter_ml.schemas.lineage import NodeId
from jupyter_ml.schemas.named_data import NamedData
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import AssetRef, JobOutput, parse_reference
from jupyter_ml.services.locations import locate

if TYPE_CHECKING:
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["locate_data"]

MODELS = "models"


def locate_data(context: WorkspaceContext, reference: str, reader: NodeId | None) -> NamedData:
    """Return where data is that has a name, and record who reads it.

    Parameters
    ----------
    context
        The workspace.
    reference
        ``azureml://data/NAME/versions/VERSION``, ``azureml:NAME@LABEL`` or ``azureml://jobs/NAME/outputs/OUTPUT``.
    reader
        The job or notebook, if it is one.

    Raises
    ------
    NotFoundError
        If there is no such data.
    InvalidInputError
        If it is in another workspace, or not data.
    """
    parsed = parse_reference(reference)
    if isinstance(parsed, JobOutput):
        found, source = _output(context, parsed)
    elif isinstance(parsed, AssetRef):
        found, source = _version(context, parsed)
    else:
        raise InvalidInputError(f"{reference} is not the name of data")
    if reader is not None and reader != source:
        context.store.lineage.add(source, reader, "read")
    return found


def _version(context: WorkspaceContext, reference: AssetRef) -> tuple[NamedData, NodeId]:
    if reference.kind == MODELS:
        uri = f"models:/{reference.name}/{reference.version or 'VERSION'}"
        raise InvalidInputError(f"{reference} is a model: load it with MLflow, as {uri}")
    if reference.kind not in (None, DATA.plural):
        raise InvalidInputError(f"{reference} is one of the {reference.kind}, which are not data")
    version = context.store.data.get(require_here(reference, context.settings.name).short)
    located = locate(context, parse_reference(version.path))
    pinned = AssetRef(version.name, version.version, kind=DATA.plural)
    return NamedData(str(pinned), located.location), NodeId(DATA.singular, version.name, version.version)


def _output(context: WorkspaceContext, reference: JobOutput) -> tuple[NamedData, NodeId]:
    located = locate(context, reference)
    here = require_here(reference, context.settings.name)
    return NamedData(str(here), located.location), NodeId("job", here.job)
