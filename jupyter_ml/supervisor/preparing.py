# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Prepare what an attempt needs before its executor can start."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.base import MARKER, ProcessSpec
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.notebooks.parameters import check_parameters
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.git import GitState
from jupyter_ml.schemas.launch import Launch
from jupyter_ml.schemas.parameters import encode
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.services.environment import Client, client_of, confidential, executor_environment
from jupyter_ml.services.jobs.attempts import attempt_folder
from jupyter_ml.services.jobs.resolving import make_outputs, resolve_command, resolve_parameters
from jupyter_ml.services.jobs.snapshots import inside_code, read_ignored
from jupyter_ml.storage import snapshots
from jupyter_ml.tracking.client import JOB_TAG
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from pydantic import JsonValue

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["ensure_run", "marker", "prepare"]


def marker(workspace: WorkspaceContext, job: Job) -> str:
    """Return the value that marks all processes of an attempt."""
    return f"{workspace.layout.attempt(job.name, job.attempt)}"


def prepare(workspace: WorkspaceContext, job: Job, run_id: str, token: str, key: str) -> ProcessSpec:
    """Lay out the folder of an attempt and return the executor to start.

    What an earlier try at the same attempt left in the folder goes: its executor has never run anything. `token` is
    what the attempt was claimed with, and `key` signs its last event.
    """
    assert job.spec is not None
    folder = attempt_folder(workspace.layout, job)
    shutil.rmtree(folder.path, ignore_errors=True)
    folder.path.mkdir(parents=True, mode=0o700)
    if job.snapshot is None:
        folder.work.mkdir()
    else:
        snapshots.restore(workspace.layout.snapshots, job.snapshot, folder.work)
    make_outputs(job.spec, folder.outputs)
    client = _client(workspace, job)
    launch = _launch(job.spec, folder, marker=marker(workspace, job), not_passed=client.others)
    more = {"ignored": read_ignored(workspace, job.name), "token": token, "signed": True}
    folder.write_launch(launch.model_copy(update=more))
    tracking = workspace.tracking.environment(run_id, folder.metrics)
    given = ExecutorInput(
        environment=_environment(workspace, job, tracking, client) | _expressions(job.spec, folder.outputs),
        key=key,
        confidential=[*workspace.vault.given(), *confidential(client.environment)],
    )
    return ProcessSpec(
        # without the working directory on the import path, which is one in which no job writes
        argv=[client.python, "-P", "-m", "jupyter_ml.executor", str(folder.path), token],
        cwd=Path("/"),
        log=folder.log,
        marker=marker(workspace, job),
        stdin=given.encode(),
        env=executor_environment(client),
    )


def _client(workspace: WorkspaceContext, job: Job) -> Client:
    """Return the Python and the environment of the client that submitted the job.

    Raises
    ------
    InvalidInputError
        When its Python does not exist any more.
    """
    kept = workspace.vault.unseal(job.name)
    if kept is None:  # an earlier version has put it into the queue
        return client_of(workspace.settings)
    client = Client(**kept)
    if not os.access(client.python, os.X_OK):
        raise InvalidInputError(
            f"the Python that submitted it, {client.python}, does not exist any more; submit it again from another one"
        )
    return client


def _source(spec: NotebookJob | CommandJob) -> str | None:
    if spec.code is None and isinstance(spec, NotebookJob):
        return str(Path(spec.notebook).parent)
    return spec.code


def _launch(spec: NotebookJob | CommandJob, folder: AttemptFolder, **more: Any) -> Launch:
    common = {
        **more,
        "source": _source(spec),
        "copied": spec.code is not None,
        "timeout": spec.limits.timeout,
        "secrets": spec.secrets,
        "version": __version__,
    }
    if isinstance(spec, CommandJob):
        return Launch(type="command", command=resolve_command(spec, folder.outputs)[0], **common)
    notebook = inside_code(spec)
    return Launch(
        type="notebook",
        notebook=notebook,
        parameters=_parameters(spec, folder.work / notebook, folder.outputs),
        kernel_name=spec.kernel_name,
        cell_timeout=spec.limits.cell_timeout,
        **common,
    )


def _parameters(spec: NotebookJob, notebook: Path, outputs: Path) -> dict[str, JsonValue]:
    values = check_parameters(read_notebook(notebook), resolve_parameters(spec, outputs))
    return {name: encode(value) for name, value in values.items()}


def _expressions(spec: NotebookJob | CommandJob, outputs: Path) -> dict[str, str]:
    return resolve_command(spec, outputs)[1] if isinstance(spec, CommandJob) else {}


def _environment(workspace: WorkspaceContext, job: Job, tracking: dict[str, str], client: Client) -> dict[str, str]:
    assert job.spec is not None
    own = str(Path(client.python).parent)
    return {
        **client.environment,
        "PATH": os.pathsep.join([own, client.environment.get("PATH", os.defpath)]),
        **tracking,  # a job may name another tracking server
        **job.spec.environment_variables,
        **(workspace.vault.get(job.name) if job.spec.secrets else {}),
        "JUPYTER_ML_WORKSPACE": str(workspace.layout.folder),
        "JUPYTER_ML_JOB": job.name,
        MARKER: marker(workspace, job),
    }


def ensure_run(workspace: WorkspaceContext, job: Job, *, adopted: bool) -> str:
    """Return the id of the job's MLflow run, which is created at its first attempt.

    Where the attempt is `adopted`, an earlier supervisor may have been killed when it had created the run and not noted
    it yet: that run is the job's.
    """
    if job.run_id is not None:
        return job.run_id
    if adopted and (forgotten := workspace.tracking.job_run(job.name)):
        workspace.store.jobs.set_run(job.name, forgotten.run_id)
        return forgotten.run_id
    tags = {
        **job.tags,
        "mlflow.user": job.user or "",
        "mlflow.source.name": job.source,
        "mlflow.source.type": "NOTEBOOK" if isinstance(job.spec, NotebookJob) else "JOB",
        JOB_TAG: job.name,
        **({"mlflow.note.content": job.description} if job.description else {}),
        **({"jupyter_ml.snapshot": job.snapshot} if job.snapshot else {}),
        **_git_tags(workspace.layout.git_state(job.name)),
    }
    run_id = workspace.tracking.create_run(experiment=job.experiment_name, name=job.display_name, tags=tags)
    workspace.store.jobs.set_run(job.name, run_id)
    return run_id


def _git_tags(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    state = GitState.model_validate_json(path.read_bytes())
    tags = {
        "mlflow.source.git.commit": state.commit,
        "mlflow.source.git.branch": state.branch,
        "mlflow.source.git.repoURL": state.remote,
        "jupyter_ml.git.dirty": str(state.dirty).lower(),
    }
    return {key: value for key, value in tags.items() if value}
