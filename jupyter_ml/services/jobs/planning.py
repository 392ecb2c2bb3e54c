# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Plan a job: show what it would read and register, without submitting it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from jupyter_ml.compute import registry
from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.data import DATA, DataType
from jupyter_ml.schemas.delivery import is_folder
from jupyter_ml.schemas.fingerprints import comparison
from jupyter_ml.schemas.models import MODEL
from jupyter_ml.schemas.plans import EnvironmentPlan, JobPlan, OutputPlan
from jupyter_ml.schemas.references import AssetRef
from jupyter_ml.services.jobs.input_data import is_downloaded, is_local, registered
from jupyter_ml.services.jobs.job_environment import environment_of
from jupyter_ml.services.jobs.submission import check, default_experiment
from jupyter_ml.services.locations import open_located
from jupyter_ml.storage.cache import DownloadCache, entry_key
from jupyter_ml.storage.fingerprints import compare, fingerprint, remote_fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.job_data import InputRecord
    from jupyter_ml.schemas.job_spec import JobSpec, OutputSpec
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec

__all__ = ["plan"]


def plan(
    context: WorkspaceContext,
    loaded: LoadedSpec[Any],
    secrets: Mapping[str, str],
    original: Job | None = None,
    notebook: Path | None = None,
) -> JobPlan:
    """Return what a job would be if it was submitted now; see `jupyter_ml.services.jobs.submission.submit`.

    Raises
    ------
    InvalidInputError
        If it would be refused.
    UnavailableError
        If data on another machine cannot be read.
    """
    checked = check(context, loaded, secrets, original, notebook)
    spec = checked.spec
    return JobPlan(
        type=spec.type,
        compute=spec.compute,
        experiment_name=spec.experiment_name or default_experiment(spec),
        parameters=dict(checked.parameters),
        environment=_environment(context, spec),
        inputs={name: _input(context, spec, name, record) for name, record in checked.inputs.items()},
        outputs={name: _output(output) for name, output in spec.outputs.items()},
    )


def _environment(context: WorkspaceContext, spec: JobSpec) -> EnvironmentPlan | None:
    """Return whether the environment of a job is installed; None if it runs with the Python of the client."""
    found = environment_of(context, spec)
    if found is None:
        return None
    identity = found.definition.identity
    if not registry.create(context.store.computes.get(spec.compute)).capabilities.shared_files:
        return EnvironmentPlan(name=found.name, identity=identity, state="sent")
    built = Installations(context.layout.environments).describe(identity, details=False)
    return EnvironmentPlan(name=found.name, identity=built.identity, state=built.state, message=built.message)


def _input(context: WorkspaceContext, spec: JobSpec, name: str, record: InputRecord) -> InputRecord:
    """Return what an input is now, as the job would find it."""
    try:
        found = _local(context, record) if is_local(record) else _remote(context, spec, name, record)
    except NotFoundError as error:
        found = {"state": "missing", "detail": str(error)}
    except UnavailableError as error:
        raise UnavailableError(f"inputs.{name}.path: {error}") from error
    except InvalidInputError as error:
        field = f"inputs.{name}.path"
        raise InvalidInputError(f"{field}: {error}", field=field) from error
    return record.model_copy(update=found)


def _local(context: WorkspaceContext, record: InputRecord) -> dict[str, Any]:
    path, before = Path(record.location), registered(context, record)
    if before is None:
        now = fingerprint(path, content=False)
        return {"files": now.files, "bytes": now.bytes}
    now, detail = compare(path, before)
    return {"files": now.files, "bytes": now.bytes, "state": "changed" if detail else "unchanged", "detail": detail}


def _remote(context: WorkspaceContext, spec: JobSpec, name: str, record: InputRecord) -> dict[str, Any]:
    before, folder = registered(context, record), is_folder(record.type, record.location)
    with closing(open_located(context, record.location)) as source:
        now = remote_fingerprint(source.files(folder=folder))
        key = entry_key(source.identity, now, folder=folder)
    found: dict[str, Any] = {"files": now.files, "bytes": now.bytes}
    if before is not None:
        found["state"], found["detail"] = comparison(before, now)
    if is_downloaded(spec, name, record):
        cache = DownloadCache(context.layout.data_cache, context.settings.data_cache.max_bytes)
        found["cached"] = cache.contains(key)
    return found


def _output(output: OutputSpec) -> OutputPlan:
    if output.name is None:
        return OutputPlan(type=output.type, path=output.path)
    kind = DATA.plural if output.type in get_args(DataType) else MODEL.plural
    reference = str(AssetRef(output.name, output.version))
    return OutputPlan(type=output.type, kind=kind, reference=reference, path=output.path)
