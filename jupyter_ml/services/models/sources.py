# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the content of a model to register: files to copy, or what MLflow has already."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import NotFoundError, UnavailableError
from jupyter_ml.schemas.assets import AssetSource
from jupyter_ml.schemas.model_locations import LoggedModelRef, RegisteredModelRef, RunPath, parse_model_location
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import DatastorePath, JobOutput
from jupyter_ml.services.contents_paths import resolve_path
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.services.jobs.file_tree import FileTree
from jupyter_ml.services.jobs.mounts import file_tree, model_paths, mount_artifacts
from jupyter_ml.storage.contents import ContentFile, files_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Files", "Stored", "find_content"]

ARTIFACTS = "artifacts"
"""Azure ML's name of the output that is the artifacts of a job's run."""


@dataclass(frozen=True)
class Files:
    """Files to copy."""

    files: Iterable[ContentFile]
    run_id: str | None = None
    creator: AssetSource | None = None
    """The job."""


@dataclass(frozen=True)
class Stored:
    """A model whose content MLflow has: it is not copied."""

    source: str
    location: str
    run_id: str | None = None
    facts: dict[str, Any] | None = None
    """What is known of the content, of a registered one."""


def find_content(context: WorkspaceContext, path: str, root: Path | None) -> Files | Stored:
    """Return the content that a path names.

    Parameters
    ----------
    context
        Of the workspace.
    path
        As `jupyter_ml.schemas.model_locations.parse_model_location` reads it.
    root
        Root directory of the server, to which a path is relative then.

    Raises
    ------
    InvalidInputError, NotFoundError
        If there is nothing, or it is something else.
    """
    found = parse_model_location(path)
    registry = context.tracking.registry
    if isinstance(found, LoggedModelRef):
        _, location, run_id = registry.logged_model(found.model_id)
        return Stored(f"models:/{found.model_id}", location, run_id)
    if isinstance(found, RegisteredModelRef):
        suffix = f"@{found.alias}" if found.alias else f":{found.version}" if found.version else ""
        row = registry.get(found.name + suffix)
        return Stored(f"models:/{row.name}/{row.version}", row.storage, row.run_id, row.own)
    if isinstance(found, RunPath):
        return _of_run(context, found)
    if isinstance(found, JobOutput):
        found = require_here(found, context.settings.name)
        inner = found.path if found.output == ARTIFACTS else f"outputs/{found.output}/{found.path}"
        return _of_job(context, found.job, inner.strip("/"))
    if isinstance(found, DatastorePath):
        return Files(_in_datastore(context, found))
    return Files(files_below(resolve_path(root, found.path, "path")))


def _of_run(context: WorkspaceContext, found: RunPath) -> Files | Stored:
    jobs = context.store.jobs.names_of_runs([found.run_id])
    if found.run_id in jobs:
        return _of_job(context, jobs[found.run_id], found.path)
    tree = FileTree([mount_artifacts(context, context.tracking.registry.run_artifacts(found.run_id))])
    return Files(_in_tree(tree, found.path, f"MLflow run {found.run_id!r}"), found.run_id)


def _of_job(context: WorkspaceContext, name: str, path: str) -> Files | Stored:
    job = context.store.jobs.get(name)
    logged = model_paths(context.tracking.models(job.run_id)) if job.run_id else {}
    if path in logged:
        return Stored(f"models:/{logged[path].model_id}", logged[path].location, job.run_id)
    return Files(_in_tree(file_tree(context, job), path, f"job {name!r}"), job.run_id, AssetSource(job=name))


def _in_tree(tree: FileTree, path: str, where: str) -> Iterator[ContentFile]:
    """Return the files at a path of a tree; NotFoundError if there is nothing."""
    found = tree.find(path) if path else None
    if path and found is None:
        raise NotFoundError("; ".join([f"{where} has no file {path!r}", *tree.problems]))
    if found is not None and not found.entry.is_folder:
        return iter([ContentFile(found.entry.name, partial(tree.open, path))])
    start = len(path) + 1 if path else 0
    return _walk(tree, path, start)


def _walk(tree: FileTree, path: str, start: int) -> Iterator[ContentFile]:
    known = len(tree.problems)
    yield from (ContentFile(each.path[start:], partial(tree.open, each.path)) for each in tree.walk(path))
    if len(tree.problems) > known:  # an incomplete copy would be another model
        raise UnavailableError("; ".join(tree.problems[known:]))


def _in_datastore(context: WorkspaceContext, reference: DatastorePath) -> Iterator[ContentFile]:
    service = DatastoreService(context)
    local = service.resolve(reference)
    if local is not None:
        return files_below(local)
    return _in_filesystem(service.filesystem(), str(reference))


def _in_filesystem(filesystem: Any, path: str) -> Iterator[ContentFile]:
    names = [name for name in filesystem.find(path) if not name.endswith("/")]
    if not names:
        raise NotFoundError(f"{path} does not exist")
    prefix = path.removeprefix("azureml://").rstrip("/")
    for name in names:
        inside = name.removeprefix("azureml://").removeprefix(prefix).lstrip("/")
        yield ContentFile(inside or name.rpartition("/")[2], partial(filesystem.open, name, "rb"))
