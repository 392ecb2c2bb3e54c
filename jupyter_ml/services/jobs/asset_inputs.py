# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find what an input of a job is that names a version of an asset: of a data asset, or of a registered model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.data import DATA
from jupyter_ml.schemas.fingerprints import Fingerprint
from jupyter_ml.schemas.job_data import InputRecord
from jupyter_ml.schemas.models import MODEL
from jupyter_ml.schemas.references import AssetRef, Url, parse_reference
from jupyter_ml.services.jobs.mounts import mount_artifacts
from jupyter_ml.services.locations import locate
from jupyter_ml.storage.fingerprints import MAX_CONTENT_BYTES
from jupyter_ml.tracking.registry_rows import model
from jupyter_ml.tracking.repositories import local_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["ASSETS", "logged_model", "registered_model"]


def _data(context: WorkspaceContext, reference: AssetRef) -> InputRecord:
    version = context.store.data.get(reference.short)
    located = locate(context, parse_reference(version.path))
    pinned = AssetRef(version.name, version.version)
    return InputRecord(kind=DATA.plural, reference=str(pinned), type=version.type, location=located.location)


def _model(context: WorkspaceContext, reference: AssetRef) -> InputRecord:
    row = context.tracking.registry.get(reference.short)
    version = model(row)
    pinned = AssetRef(version.name, version.version)
    return InputRecord(
        kind=MODEL.plural,
        reference=str(pinned),
        type=version.type,
        location=_content(context, row.storage, f"model {pinned.short}"),
        files=version.files,
        bytes=version.bytes,
    )


def registered_model(context: WorkspaceContext, reference: AssetRef) -> Fingerprint | None:
    """Return what the files of a model were like when it was registered; None if they are too large to be compared."""
    found = model(context.tracking.registry.get(reference.short))
    if found.digest is None or found.files is None or found.bytes is None or found.bytes > MAX_CONTENT_BYTES:
        return None
    return Fingerprint(files=found.files, bytes=found.bytes, listing="", content=found.digest)


ASSETS: dict[str, Callable[[WorkspaceContext, AssetRef], InputRecord]] = {DATA.plural: _data, MODEL.plural: _model}
"""How the version of an asset becomes an input, by the plural of its kind."""


def logged_model(context: WorkspaceContext, model_id: str) -> InputRecord:
    """Return what a model is that a run has logged, and that need not be registered."""
    _, location, _ = context.tracking.registry.logged_model(model_id)
    uri = f"models:/{model_id}"
    return InputRecord(reference=uri, type="mlflow_model", location=_content(context, location, uri))


def _content(context: WorkspaceContext, uri: str, name: str) -> str:
    """Return the directory of a model, or its path in the datastore that has the artifact store."""
    local = local_path(uri)
    if local is None:
        located = locate(context, parse_reference(uri))
        if isinstance(parse_reference(located.location), Url):
            raise InvalidInputError(f"{name} is at {uri}: create a datastore for that place, with its credentials")
        return located.location
    try:
        mount_artifacts(context, uri)
    except UnavailableError as error:
        raise InvalidInputError(f"{name}: {error}") from None
    if not local.is_dir():
        raise InvalidInputError(f"the files of {name} are gone: there is no directory {local}")
    return str(local.absolute())
