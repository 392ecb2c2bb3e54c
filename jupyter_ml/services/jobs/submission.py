# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What happens to a job between the hands of a user and the queue: everything is checked, and its code is kept."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from jupyter_ml.compute import discovery
from jupyter_ml.errors import ConflictError, InvalidInputError
from jupyter_ml.notebooks.kernels import check_kernel, kernel_name_of
from jupyter_ml.notebooks.parameters import check_parameters, read_defaults
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.jobs import Job, JobType
from jupyter_ml.schemas.launch import Ignored
from jupyter_ml.schemas.specs import CommandJob, DataInput, NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.environment import client_of
from jupyter_ml.services.jobs.names import readable_name
from jupyter_ml.services.jobs.records import write_record
from jupyter_ml.services.jobs.rerun import inside_code, rerun_spec, submitted_code
from jupyter_ml.services.jobs.resolving import resolve_command, resolve_parameters
from jupyter_ml.services.jobs.specs import absolute
from jupyter_ml.services.tags import check_tag
from jupyter_ml.storage import git, snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from jupyter_ml.notebooks.reading import Notebook
    from jupyter_ml.schemas.workspace import SnapshotSettings
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["read_ignored", "record_git", "record_of", "submit"]

Spec = NotebookJob | CommandJob
OUTPUTS = Path("outputs")
"""Where outputs go, as the job itself sees it."""
_ignored = TypeAdapter(list[Ignored])
LOCAL = "local"
"""The compute that is always there: no need to look for it among the installed packages."""


def submit(
    context: WorkspaceContext,
    job: Spec,
    secrets: Mapping[str, str],
    original: Job | None = None,
    notebook: Path | None = None,
) -> Job:
    """Check a job, keep its code and its secrets, and put it into the queue; see `JobService.submit`.

    Parameters
    ----------
    context
        Of the workspace.
    job
        What to run.
    secrets
        Values of the secrets that it names.
    former
        A job of which the notebook and the code are run once more.
    notebook
        The job's notebook, where it has no file among the code and is only part of the copy that is kept.
    """
    values = _secret_values(job, secrets)
    client = client_of(context.settings, job)
    job = absolute(job, Path.cwd())
    if original is None:
        spec, parameters = _check(job, notebook=notebook)
        snapshot, ignored = _take_snapshot(spec, context.layout.snapshots, context.settings.snapshots, notebook)
    else:
        spec, parameters = _check(rerun_spec(job, original), submitted_code(context, original))
        snapshot = original.snapshot and snapshots.renew(context.layout.snapshots, original.snapshot)
        ignored = read_ignored(context, original.name)
    store, folder = context.store.jobs, _working_folder(spec)
    known = Redactor(values.values()).value(parameters)  # a default may be a secret that was left in the notebook
    record = record_of(spec, known, folder.name or "default", snapshot)
    # The row comes first, since it alone decides whose name it is; the queue sees it when everything else is there.
    store.insert(record, host=socket.gethostname() if context.store.shared else None)
    try:
        _make_folder(context, record.name)
    except BaseException:
        store.delete(record.name)
        raise
    try:
        if original is None:
            record_git(context, record.name, folder)
        else:
            _copy_git(context, original.name, record.name)
        if ignored:
            context.layout.ignored(record.name).write_bytes(_ignored.dump_json(ignored))
        if values:
            context.vault.put(record.name, values)
        context.vault.seal(record.name, client.document())
        write_record(context, record.name)
        return store.transition(record.name, JobState.QUEUED)
    except BaseException:
        shutil.rmtree(context.layout.job(record.name), ignore_errors=True)  # before the row: none may be without one
        context.vault.delete(record.name)
        store.delete(record.name)
        raise


def _make_folder(context: WorkspaceContext, name: str) -> None:
    folder = context.layout.job(name)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise ConflictError(
            f"{folder} belongs to a job that the database does not know: choose another name, or bring that job back "
            "with: jupyter ml workspace repair"
        ) from None


def _secret_values(job: Spec, secrets: Mapping[str, str]) -> dict[str, str]:
    unknown = secrets.keys() - set(job.secrets)
    if unknown:
        raise InvalidInputError(
            f"secrets: {', '.join(sorted(unknown))} given, but not named in the job", field="secrets"
        )
    for field, names in (("secrets", job.secrets), ("pass_environment", job.pass_environment)):
        both = set(names) & job.environment_variables.keys()
        if both:
            raise InvalidInputError(
                f"{field}: {', '.join(sorted(both))} stands in environment_variables too", field=field
            )
    values = {name: secrets.get(name, os.environ.get(name)) for name in job.secrets}
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        raise InvalidInputError(
            f"secrets: no value for {', '.join(missing)}; set an environment variable of that name before you submit",
            field="secrets",
        )
    return {name: value for name, value in values.items() if value is not None}


def record_git(context: WorkspaceContext, name: str, folder: Path) -> None:
    """Keep what git says of the folder that a job comes from."""
    context.layout.job(name).mkdir(parents=True, exist_ok=True, mode=0o700)
    state = git.describe(folder)
    if state is not None:
        context.layout.git_state(name).write_text(state.model_dump_json(), encoding="utf-8")


def read_ignored(context: WorkspaceContext, name: str) -> list[Ignored]:
    """Return what ignore files left out of a job's code."""
    try:
        return _ignored.validate_json(context.layout.ignored(name).read_bytes())
    except FileNotFoundError:
        return []


def _copy_git(context: WorkspaceContext, original: str, name: str) -> None:
    context.layout.job(name).mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileNotFoundError):
        shutil.copyfile(context.layout.git_state(original), context.layout.git_state(name))


def record_of(spec: Spec, parameters: Mapping[str, JsonValue], experiment: str, snapshot: str | None) -> Job:
    """Return a new job that nobody has seen yet.

    Parameters
    ----------
    spec
        What to run, with absolute paths.
    parameters
        Values to list and compare it by.
    experiment
        Where it belongs when `spec` does not say.
    snapshot
        Content hash of its code.
    """
    name, display_name = readable_name()
    return Job(
        name=spec.name or name,
        type=JobType(spec.type),
        display_name=spec.display_name or spec.name or display_name,
        experiment_name=spec.experiment_name or experiment,
        description=spec.description,
        tags=spec.tags,
        compute=spec.compute,
        priority=spec.priority,
        state=JobState.NOT_STARTED,
        user=getpass.getuser(),
        created_at=now(),
        retries=spec.retries,
        parameters=dict(parameters),
        snapshot=snapshot,
        spec=spec,
    )


def _check(job: Spec, kept: Path | None = None, notebook: Path | None = None) -> tuple[Spec, dict[str, JsonValue]]:
    """Check all that can be known before a job runs; return it with its parameters typed, and what it will run with.

    What a notebook sets by itself is among the values only: given to it, it could change what the notebook computes.

    Parameters
    ----------
    job
        With absolute paths.
    kept
        Where its code lies, when it was kept before.
    notebook
        Where its notebook lies, when that is not among the code.

    Raises
    ------
    InvalidInputError
        Naming the field and what to do.
    """
    for name in job.tags:
        check_tag(name)
    for name, value in job.inputs.items():
        if isinstance(value, DataInput):
            _check_input(name, value)
    if job.compute != LOCAL:
        discovery.get(job.compute)
    if kept is None:
        _check_places(job)
    if isinstance(job, NotebookJob):
        path = kept / inside_code(job) if kept else notebook or Path(job.notebook)
        return _check_notebook(job, read_notebook(path))
    resolve_command(job, OUTPUTS)
    return job, {name: value for name, value in job.inputs.items() if not isinstance(value, DataInput)}


def _check_input(name: str, value: DataInput) -> None:
    path, field = Path(value.path), f"inputs.{name}.path"
    if "://" in value.path or value.path.startswith("azureml:"):
        raise InvalidInputError(
            f"{field}: {value.path} is no local path, and only those can be read so far", field=field
        )
    if not _can(path.exists):
        raise InvalidInputError(f"{field}: {path} does not exist", field=field)
    if path.is_dir() != (value.type == "uri_folder"):
        other = "uri_folder" if path.is_dir() else "uri_file"
        raise InvalidInputError(f"{field}: {path} is not a {value.type}; write type: {other}", field=field)


def _can(look: Callable[[], bool]) -> bool:
    """Return what a look at a path says; False where no file can have that name."""
    try:
        return look()
    except OSError:
        return False


def _check_places(job: Spec) -> None:
    if job.code is None:
        return
    if not _can(Path(job.code).is_dir):
        raise InvalidInputError(f"code: {job.code} is no folder", field="code")
    if isinstance(job, NotebookJob) and not Path(job.notebook).resolve().is_relative_to(Path(job.code).resolve()):
        raise InvalidInputError(
            f"notebook: {job.notebook} lies outside of code ({job.code}); the job runs in a copy of that folder, "
            "so the notebook has to be inside",
            field="notebook",
        )


def _check_notebook(job: NotebookJob, notebook: Notebook) -> tuple[NotebookJob, dict[str, JsonValue]]:
    check_kernel(job.kernel_name or kernel_name_of(notebook))
    typed = check_parameters(notebook, resolve_parameters(job, OUTPUTS))
    expressions = {name: value for name, value in job.parameters.items() if isinstance(value, str) and "${{" in value}
    return job.model_copy(update={"parameters": typed | expressions}), read_defaults(notebook) | typed


def _working_folder(job: Spec) -> Path:
    """Return the folder that a job comes from: its code, its notebook's folder, or the working folder."""
    if job.code is not None:
        return Path(job.code)
    return Path(job.notebook).parent if isinstance(job, NotebookJob) else Path.cwd()


def _take_snapshot(
    job: Spec, store: Path, settings: SnapshotSettings, notebook: Path | None
) -> tuple[str | None, list[Ignored]]:
    """Keep a copy of a job's code; return its content hash, None where nothing is to be kept, and what it lacks."""
    added = {inside_code(job): notebook} if notebook and isinstance(job, NotebookJob) else {}
    take = partial(snapshots.take, store=store, max_bytes=settings.max_bytes, max_files=settings.max_files)
    if job.code is not None:
        digest, ignored = take(Path(job.code), added=added)
        return digest, [Ignored(path=_text(entry.path), rule=_text(entry.target)) for entry in ignored]
    if isinstance(job, CommandJob):
        return None, []
    with tempfile.TemporaryDirectory(prefix="jupyter-ml-") as folder:
        shutil.copyfile(notebook or job.notebook, Path(folder, Path(job.notebook).name))
        return take(Path(folder)).digest, []


def _text(name: str) -> str:
    return os.fsencode(name).decode(errors="replace")  # a file's name need not be text
