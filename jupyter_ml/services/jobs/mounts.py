# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the directories and artifact stores in which the files of a job are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.jobs.attempts import attempt_folder, gone_directory
from jupyter_ml.services.jobs.file_sources import AttemptSource, LocalSource, RemoteSource
from jupyter_ml.services.jobs.file_tree import FileTree, Mount
from jupyter_ml.tracking.repositories import RemoteArtifacts, local_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.run_details import RunDetails
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.tracking.run_details import StoredModel

__all__ = ["file_tree", "model_paths", "mount_artifacts"]


def file_tree(context: WorkspaceContext, job: Job) -> FileTree:
    """Return the tree of a job's files; what is known to be missing is among its problems."""
    mounts = [Mount("", AttemptSource(attempt_folder(context.layout, job)), is_artifact=False)]
    gone = gone_directory(context.layout, job)
    problems = [gone] if gone else []
    if job.run_id is not None:
        try:
            run = context.tracking.details(job.run_id)
            problems += _problems(job, run)
            if run is not None:
                models = model_paths(context.tracking.models(job.run_id))
                locations = {"": run.artifact_uri} | {path: model.location for path, model in models.items()}
                mounts += _mounts(context, locations, problems)
        except UnavailableError as error:
            problems.append(str(error))
    return FileTree(mounts, problems)


def model_paths(models: list[StoredModel]) -> dict[str, StoredModel]:
    """Return logged models by their directory in the tree: the name, with the id for those of a name that is taken."""
    paths: dict[str, StoredModel] = {}
    for model in models:
        name = "/".join(part for part in model.name.split("/") if part not in ("", ".", "..")) or model.model_id
        paths[f"{name}-{model.model_id}" if name in paths else name] = model
    return paths


def _mounts(context: WorkspaceContext, locations: dict[str, str], problems: list[str]) -> Iterator[Mount]:
    for path, uri in locations.items():
        try:
            yield mount_artifacts(context, uri, path)
        except UnavailableError as error:
            problems.append(str(error))


def mount_artifacts(context: WorkspaceContext, uri: str, path: str = "") -> Mount:
    """Return the artifacts at a location, to appear at a path; UnavailableError if they must not be shown."""
    local = local_path(uri)
    if local is None:
        return Mount(path, RemoteSource(RemoteArtifacts(uri)), is_artifact=True)
    if _is_allowed(context, local):
        return Mount(path, LocalSource(local), is_artifact=True)
    raise UnavailableError(f"artifacts in {local} are not shown: it contains other files of the workspace")


def _is_allowed(context: WorkspaceContext, path: Path) -> bool:
    """Return whether a directory is one of artifacts: any program that logs to the workspace can name any directory."""
    workspace, artifacts = context.layout.folder.resolve(), context.layout.artifacts.resolve()
    real = path.resolve()
    return real.is_relative_to(artifacts) or not (real.is_relative_to(workspace) or workspace.is_relative_to(real))


def _problems(job: Job, run: RunDetails | None) -> Iterator[str]:
    if run is None:
        yield f"the MLflow run {job.run_id} does not exist any more, nor do its artifacts"
        return
    if run.deleted:
        yield f"the MLflow run {job.run_id} was deleted; its artifacts remain until `mlflow gc` removes them"
    local = local_path(run.artifact_uri)
    if job.supervised and job.state in FINAL and local is not None and not local.is_dir():
        yield f"the artifacts of the MLflow run are gone: there is no directory {local}"
