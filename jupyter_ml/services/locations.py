# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find where references to data lead: to a path of this machine, into a datastore, or to a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import DatastorePath, JobOutput, LocalPath, Url
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.url_locations import path_below, place_of
from jupyter_ml.services.contents_paths import resolve_path
from jupyter_ml.services.datastores import DatastoreService

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.references import Reference
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.storage.sources import Source

__all__ = ["ARTIFACTS", "Located", "locate", "open_located"]

ARTIFACTS = "artifacts"
"""Azure ML's name of the output that has the artifacts of a job's MLflow run."""


class Located(NamedTuple):
    """Where data is.

    Attributes
    ----------
    location
        Its path, its path in a datastore or its URL, as text.
    path
        Its path, if it is on this machine.
    """

    location: str
    path: Path | None


def locate(context: WorkspaceContext, reference: Reference) -> Located:
    """Return where the data of a reference is, which is not an asset.

    A URL that is in a datastore leads there, so that it is read with the credentials of the datastore.

    Raises
    ------
    NotFoundError
        If there is no such datastore or job.
    InvalidInputError
        If it leads out of the datastore or into another workspace, or cannot be data.
    """
    if isinstance(reference, LocalPath):
        path = resolve_path(None, reference.path, "path")
        return Located(str(path), path)
    if isinstance(reference, Url):
        inside = _in_datastore(context, reference.url)
        if inside is None:
            if place_of(reference.url).connection.type == "sftp":
                raise InvalidInputError(
                    f"{reference} needs an account: create a datastore for it (type: sftp), which has one"
                )
            return Located(str(reference), None)
        reference = inside
    if isinstance(reference, DatastorePath):
        found = DatastoreService(context).resolve(reference)
        if found is None:
            return Located(str(DatastorePath(reference.datastore, reference.path)), None)
        return Located(str(found), found)
    if isinstance(reference, JobOutput):
        path = _output(context, reference)
        return Located(str(path), path)
    raise InvalidInputError(f"{reference} is an asset")


def open_located(context: WorkspaceContext, location: str) -> Source:
    """Open a location that is not on this machine, in this process."""
    from jupyter_ml.storage.sources import open_source

    return open_source(location, DatastoreService(context).connection)


def _in_datastore(context: WorkspaceContext, url: str) -> DatastorePath | None:
    """Return the path of a URL in a datastore: the one whose location is the longest beginning of the URL."""
    place = place_of(url)
    paths = {
        store.name: path
        for store in context.store.datastores.all()
        if store.type != "local" and (path := path_below(place, Connection(store.type, store.settings))) is not None
    }
    if not paths:
        return None
    name = min(paths, key=lambda each: (len(paths[each]), each))
    return DatastorePath(name, paths[name])


def _output(context: WorkspaceContext, reference: JobOutput) -> Path:
    reference = require_here(reference, context.settings.name)
    job = context.store.jobs.get(reference.job)
    if job.state is not JobState.COMPLETED:
        raise InvalidInputError(
            f"{reference}: job {job.name} is {job.state}; its outputs can be read when it is Completed"
        )
    outputs = AttemptFolder(context.layout.attempt(job.name, job.attempt)).stored_outputs
    path = outputs / reference.path if reference.output == ARTIFACTS else outputs / reference.output / reference.path
    if not path.resolve().is_relative_to(outputs.resolve()):
        raise InvalidInputError(f"{reference} leads out of the outputs of the job by a link")
    if not path.exists():
        known = ", ".join(sorted(each.name for each in outputs.glob("*"))) or "none"
        raise NotFoundError(f"{reference} does not exist; the outputs of {job.name} are: {known}")
    return path
