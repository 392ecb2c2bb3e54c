# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Prepare what an attempt needs before its executor can start."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.broker.messages import ARTIFACT_STORE
from jupyter_ml.compute.gpus import VISIBLE
from jupyter_ml.compute.process import MARKER, Fork, ProcessSpec
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.redaction.variables import confidential
from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.git import GitState
from jupyter_ml.schemas.runs import NOTE_TAG
from jupyter_ml.services.artifact_store import artifact_connection
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.services.environment import Client, client_of, executor_environment
from jupyter_ml.services.jobs.attempts import attempt_folder
from jupyter_ml.services.jobs.input_data import delivery_request, input_values, with_values
from jupyter_ml.services.jobs.resolving import make_outputs
from jupyter_ml.services.jobs.snapshots import read_ignored
from jupyter_ml.services.jobs.types.registry import type_of
from jupyter_ml.storage import snapshots
from jupyter_ml.tracking.client import JOB_TAG
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ml.schemas.distribution import NodeAddress
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Installed", "client_of_job", "ensure_run", "prepare"]


class Installed(NamedTuple):
    """An environment that is installed."""

    python: str
    """Its Python."""
    variables: dict[str, str]
    """Environment variables of its jobs."""


def prepare(
    workspace: WorkspaceContext,
    job: Job,
    run_id: str,
    token: str,
    key: str,
    *,
    installed: Installed | None = None,
    node: int = 0,
    nodes: Sequence[NodeAddress] = (),
) -> ProcessSpec:
    """Lay out the folder of an attempt and return the executor to start.

    What an earlier try at the same attempt left in the folder goes: its executor has never run anything. `token` is
    what the attempt was claimed with, `key` signs its last event, and `installed` is the environment that it names.
    Of several `nodes`, the executor is that of the one with the number `node`; the first one is laid out first.
    """
    assert job.spec is not None
    folder = attempt_folder(workspace.layout, job).node(node)
    shutil.rmtree(folder.path, ignore_errors=True)
    folder.path.mkdir(parents=True, mode=0o700)
    folder.responses.mkdir(mode=0o700)
    if job.snapshot is None:
        folder.work.mkdir()
    else:
        snapshots.restore(workspace.layout.snapshots, job.snapshot, folder.work)
    make_outputs(job.spec, folder.outputs)
    client = client_of_job(workspace, job)
    spec, kind = with_values(job.spec, input_values(job, folder)), type_of(job.spec)
    own = {"marker": f"{folder.path}", "token": token, "signed": True, "not_passed": client.others}
    own |= {"node": node, "nodes": nodes}
    own["fork"] = workspace.settings.local.fork
    own["python"] = installed.python if installed else None
    data = delivery_request(workspace, job, folder)
    if data is not None and node:
        data = data.model_copy(update={"uploads": []})  # the first node has the outputs
    common = {**_common(job.spec), **own, "ignored": read_ignored(workspace, job.name), "data": data}
    folder.write_launch(kind.launch(spec, folder, common))
    tracking = workspace.tracking.environment(run_id, folder.metrics)
    connections = DatastoreService(workspace).connections()
    artifacts = artifact_connection(workspace.settings.artifacts, client.access, connections)
    connections |= {ARTIFACT_STORE: artifacts} if artifacts else {}
    given = ExecutorInput(
        environment=_environment(workspace, job, tracking, client, installed)
        | kind.variables(spec, folder)
        | {MARKER: f"{folder.path}"},
        key=key,
        confidential=[
            *workspace.job_secrets.given(),
            *confidential(client.environment | client.access),
            *(secret for connection in connections.values() for secret in connection.secrets),
        ],
        connections={name: connection.document() for name, connection in connections.items()},
        workspace=workspace.settings.name,
    )
    return ProcessSpec(
        # without the working directory on the import path, which is one in which no job writes
        argv=[client.python, "-P", "-m", "jupyter_ml.executor", str(folder.path), token],
        cwd=Path("/"),
        log=folder.log,
        marker=f"{folder.path}",
        stdin=given.encode(),
        env=executor_environment(client),
        fork=_fork(workspace, client, [str(folder.path), token]),
    )


def _fork(workspace: WorkspaceContext, client: Client, arguments: list[str]) -> Fork | None:
    if not workspace.settings.local.fork or client.python != sys.executable:
        return None
    return Fork(preload="jupyter_ml.executor.warm:warm", call="jupyter_ml.executor.__main__:main", arguments=arguments)


def client_of_job(workspace: WorkspaceContext, job: Job) -> Client:
    """Return the Python and the environment of the client that submitted the job.

    Raises
    ------
    InvalidInputError
        When its Python does not exist any more.
    """
    kept = workspace.job_secrets.unseal(job.name)
    if kept is None:  # an earlier version has put it into the queue
        return client_of(workspace.settings)
    client = Client(**kept)
    if not os.access(client.python, os.X_OK):
        raise InvalidInputError(
            f"the Python that submitted it, {client.python}, does not exist any more; submit it again from another one"
        )
    return client


def _common(spec: JobSpec) -> dict[str, Any]:
    """Return the fields of the launch file that do not depend on the type of the job."""
    return {
        "source": spec.directory,
        "copied": spec.code is not None,
        "timeout": spec.limits.timeout,
        "secrets": spec.secrets,
        "services": spec.services,
        "version": __version__,
    }


def _environment(
    workspace: WorkspaceContext, job: Job, tracking: dict[str, str], client: Client, installed: Installed | None
) -> dict[str, str]:
    assert job.spec is not None
    own = str(Path(installed.python if installed else client.python).parent)
    return {
        **client.environment,
        "PATH": os.pathsep.join([own, client.environment.get("PATH", os.defpath)]),
        **(installed.variables if installed else {}),
        **tracking,  # a job may name another tracking server
        **job.spec.environment_variables,
        **(workspace.job_secrets.get(job.name) if job.spec.secrets else {}),
        "JUPYTER_ML_WORKSPACE": str(workspace.layout.folder),
        "JUPYTER_ML_JOB": job.name,
        **({VISIBLE: ",".join(job.gpus)} if job.spec.resources.gpus is not None else {}),
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
        "mlflow.source.type": type_of(job.spec).mlflow_source_type if job.spec is not None else "JOB",
        JOB_TAG: job.name,
        **({NOTE_TAG: job.description} if job.description else {}),
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
