# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read what MLflow has of the runs of jobs: parameters, tags, datasets and models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError, NotFoundError
from jupyter_ml.schemas.run_details import LoggedModel, LoggedModels
from jupyter_ml.services.jobs.model_files import MODEL_FILE, read_model_file
from jupyter_ml.services.jobs.mounts import file_tree, model_paths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from jupyter_ml.schemas.run_details import RunDetails
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.file_tree import FileTree
    from jupyter_ml.services.jobs.results import JobResults
    from jupyter_ml.tracking.run_details import StoredModel

__all__ = ["RunService"]

MAX_MODELS = 100
MAX_LOOKED_AT = 20_000
"""How many files are looked at to find models that are only directories."""


class RunService:
    """The MLflow runs of the jobs of a workspace."""

    def __init__(self, context: WorkspaceContext, jobs: JobResults) -> None:
        self._context, self._jobs = context, jobs

    def details(self, name: str) -> RunDetails:
        """Return parameters, tags and datasets of a job's run, whichever program logged them.

        Raises
        ------
        NotFoundError
            If the job has no run yet, or MLflow does not have it any more.
        """
        run_id = self._jobs.get(name).run_id
        if run_id is None:
            raise NotFoundError(f"job {name!r} has no MLflow run yet")
        details = self._context.tracking.details(run_id)
        if details is None:
            raise NotFoundError(f"the MLflow run {run_id} of job {name!r} does not exist any more")
        return details

    def models(self, name: str) -> LoggedModels:
        """Return the models of a job: those that MLflow lists, and directories with an ``MLmodel`` file."""
        job = self._jobs.get(name)
        if job.run_id is None:
            return LoggedModels(items=[])
        tree = file_tree(self._context, job)
        stored = model_paths(self._context.tracking.models(job.run_id))
        found = {path: _listed(model) for path, model in stored.items()}
        for path in _directories(tree, known=set(found)):
            found.setdefault(path, {"name": path.rpartition("/")[2], "uri": f"runs:/{job.run_id}/{path}"})
        items = [{"path": path, **facts} for path, facts in [*found.items()][:MAX_MODELS]]
        return LoggedModels(items=[LoggedModel.model_validate({**item, **_described(tree, item)}) for item in items])


def _listed(model: StoredModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "uri": f"models:/{model.model_id}",
        "model_id": model.model_id,
        "status": model.status,
        "created_at": datetime.fromtimestamp(model.created_ms / 1000, UTC),
        "model_type": model.model_type or None,
    }


def _directories(tree: FileTree, known: set[str]) -> Iterator[str]:
    """Yield the directories of local artifacts that contain an ``MLmodel`` file, as ``save_model`` writes them."""
    for number, each in enumerate(tree.walk(local=True)):
        if number >= MAX_LOOKED_AT:
            return
        directory, _, name = each.path.rpartition("/")
        if name == MODEL_FILE and each.is_artifact and directory and directory not in known:
            yield directory


def _described(tree: FileTree, item: dict[str, Any]) -> dict[str, Any]:
    """Return the contents of an ``MLmodel`` file, or why it cannot be read."""
    try:
        with tree.open(f"{item['path']}/{MODEL_FILE}") as file:
            return read_model_file(file)
    except JupyterMLError as error:
        return {"problem": str(error)}
