# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Submit a job: normalize, validate, capture its code, and enqueue it."""

from __future__ import annotations

import getpass
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.errors import ConflictError
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.text import cleaned
from jupyter_ml.services.environment import client_of
from jupyter_ml.services.jobs.input_data import check_outputs, resolve_inputs, with_values
from jupyter_ml.services.jobs.job_environment import resolve_environment
from jupyter_ml.services.jobs.readable_names import readable_name
from jupyter_ml.services.jobs.records import write_record
from jupyter_ml.services.jobs.rerun import pinned_inputs, rerun_spec
from jupyter_ml.services.jobs.snapshots import recapture, submitted_code
from jupyter_ml.services.jobs.specs import absolute
from jupyter_ml.services.jobs.types.registry import type_of
from jupyter_ml.services.jobs.validation import (
    check_compute,
    check_experiment,
    check_kernel_compute,
    secret_values,
    validate,
    with_compute,
)
from jupyter_ml.services.vault import VaultService

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pydantic import JsonValue

    from jupyter_ml.schemas.job_data import InputRecord
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.environment import Client
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
    from jupyter_ml.services.jobs.snapshots import Capture

__all__ = ["check", "default_experiment", "record_of", "submit"]


def submit(
    context: WorkspaceContext,
    loaded: LoadedSpec[Any],
    secrets: Mapping[str, str],
    original: Job | None = None,
    notebook: Path | None = None,
) -> Job:
    """Put a job into the queue and return it; see `JobService.submit`.

    Parameters
    ----------
    context
        Context of the workspace.
    loaded
        The job to run.
    secrets
        Values of the secrets that it names.
    original
        A job whose notebook and code are run again.
    notebook
        File of the job's notebook, if it is not among the code and only added to the snapshot.
    """
    checked = check(context, loaded, secrets, original, notebook)
    spec = checked.spec
    captured = recapture(context, original) if original else type_of(spec).capture(context, spec, notebook)
    record = record_of(
        spec, checked.parameters, default_experiment(spec), captured.snapshot, clock=context.clock
    ).model_copy(update={"inputs": checked.inputs})
    return enqueue(context, record, captured, checked.secrets, checked.client)


class Checked(NamedTuple):
    """A job that can be submitted.

    Attributes
    ----------
    spec
        It, with absolute paths.
    parameters
        Values by which jobs are listed and compared.
    inputs
        What its inputs of data are.
    secrets
        Values of its secrets.
    client
        What it takes from the environment of this process.
    """

    spec: JobSpec
    parameters: dict[str, JsonValue]
    inputs: dict[str, InputRecord]
    secrets: dict[str, str]
    client: Client


def check(
    context: WorkspaceContext,
    loaded: LoadedSpec[Any],
    secrets: Mapping[str, str],
    original: Job | None = None,
    notebook: Path | None = None,
) -> Checked:
    """Return a job as `submit` would store it, with everything that can be known before it runs; nothing is stored.

    Raises
    ------
    InvalidInputError
        If anything in it is invalid.
    """
    values = secret_values(loaded.spec, secrets, VaultService(context).value)
    client = client_of(context.settings, loaded.spec)
    given = loaded.spec.model_dump(include={"compute"}, exclude_unset=True)
    loaded = with_compute(context, loaded)
    with loaded.located("compute"):
        check_compute(context, loaded.spec)
    check_experiment(context, loaded)
    loaded = resolve_environment(context, normalize(loaded, original))
    pinned = pinned_inputs(loaded.spec, original) if original else {}
    inputs = resolve_inputs(context, loaded.replace(with_values(loaded.spec, pinned)))
    check_outputs(context, loaded)
    code = submitted_code(context, original) if original else None
    referring, kernels = _with_references(loaded, inputs), context.layout.kernels
    spec, parameters = validate(referring, kernels, code=code, notebook=notebook)
    check_kernel_compute(loaded.spec, given.get("compute", spec.compute), spec.compute)
    spec = spec.model_copy(update={"inputs": loaded.spec.inputs, **given})
    if spec.compute != loaded.spec.compute:  # that of the notebook's kernel, if the job names none
        check_compute(context, spec)
    if loaded.spec.environment is None:  # else it is that of the notebook's kernel
        spec = resolve_environment(context, loaded.replace(spec)).spec
    known = Redactor(values.values()).value(parameters)  # a default may be a secret that was left in the notebook
    return Checked(spec, known, inputs, values, client)


def default_experiment(spec: JobSpec) -> str:
    """Return the experiment of a job that names none."""
    return cleaned(Path(spec.directory or Path.cwd()).name) or "default"


def _with_references(loaded: LoadedSpec[Any], inputs: Mapping[str, InputRecord]) -> LoadedSpec[Any]:
    """Return a spec whose expressions have the versions of its inputs as values, by which jobs are compared."""
    return loaded.replace(with_values(loaded.spec, {name: each.reference for name, each in inputs.items()}))


def normalize(loaded: LoadedSpec[Any], original: Job | None) -> LoadedSpec[Any]:
    """Return a spec with absolute paths, and with the code of the job that it runs again."""
    loaded = loaded.replace(absolute(loaded.spec, Path.cwd()))
    return loaded.replace(rerun_spec(loaded.spec, original)) if original else loaded


def enqueue(
    context: WorkspaceContext, record: Job, captured: Capture, secrets: Mapping[str, str], client: Client
) -> Job:
    """Write a job's row, directory and secrets, and put it into the queue; if one of them fails, remove all.

    Parameters
    ----------
    context
        Context of the workspace.
    record
        The new job.
    captured
        Its code.
    secrets
        Values of its secrets.
    client
        What it takes from the environment of this process.
    """
    store = context.store.jobs
    # The row comes first, since it alone decides who owns the name; the queue sees it when everything else exists.
    inserted = store.insert(record, host=socket.gethostname() if context.store.shared else None)
    try:
        _create_directory(context, record.name)
    except BaseException:
        store.delete(record.name)
        raise
    try:
        captured.write(context, record.name)
        if secrets:
            context.job_secrets.put(record.name, secrets)
        context.job_secrets.seal(record.name, client.document())
        write_record(context, inserted)
        return store.transition(record.name, JobState.QUEUED)
    except BaseException:
        shutil.rmtree(context.layout.job(record.name), ignore_errors=True)  # before the row: no directory without one
        context.job_secrets.delete(record.name)
        store.delete(record.name)
        raise


def record_of(
    spec: JobSpec,
    parameters: Mapping[str, JsonValue],
    experiment: str,
    snapshot: str | None,
    *,
    clock: Callable[[], datetime] = now,
) -> Job:
    """Return the record of a new job.

    Parameters
    ----------
    spec
        The job to run, with absolute paths.
    parameters
        Values by which jobs are listed and compared.
    experiment
        Its experiment, if `spec` does not name one.
    snapshot
        Content hash of its code.
    clock
        Returns the current time.
    """
    name, display_name = readable_name()
    return Job(
        name=spec.name or name,
        type=spec.type,
        display_name=spec.display_name or spec.name or display_name,
        experiment_name=spec.experiment_name or experiment,
        description=spec.description,
        tags=spec.tags,
        compute=spec.compute,
        priority=spec.priority,
        state=JobState.NOT_STARTED,
        user=getpass.getuser(),
        created_at=clock(),
        retries=spec.retries,
        parameters=dict(parameters),
        snapshot=snapshot,
        spec=spec,
    )


def _create_directory(context: WorkspaceContext, name: str) -> None:
    directory = context.layout.job(name)
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        raise ConflictError(
            f"{directory} belongs to a job that is not in the database: choose another name, or recover that job "
            "with: jupyter ml workspace repair"
        ) from None
