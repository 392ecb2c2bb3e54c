# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a job again, with today's code or with that of its submission."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, InvalidInputError
from jupyter_ml.schemas.job_spec import DataInput
from jupyter_ml.schemas.references import AssetRef
from jupyter_ml.schemas.text import cleaned
from jupyter_ml.services.contents_paths import contents_path
from jupyter_ml.services.jobs.types.registry import type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec

__all__ = ["check_files", "has_files", "load_rerun", "pinned_inputs", "rerun_spec", "submitted_spec"]


def submitted_spec(job: Job) -> JobSpec:
    """Return the spec of a job; ConflictError if Jupyter ML did not run it."""
    if job.spec is None:
        raise ConflictError(
            f"{job.name} was logged directly with MLflow: there is nothing that Jupyter ML could run again"
        )
    return job.spec


def rerun_spec(job: JobSpec, original: Job) -> JobSpec:
    """Return `job` with the notebook and the code of `original`.

    Raises
    ------
    ConflictError
        If Jupyter ML did not run that.
    InvalidInputError
        If it has another type.
    """
    spec = submitted_spec(original)
    if job.type != spec.type:
        raise InvalidInputError(
            f"rerun_of: {original.name} is a {spec.type} job, and this one is not", field="rerun_of"
        )
    return job.model_copy(update={field: getattr(spec, field) for field in spec.path_fields})


def pinned_inputs(job: JobSpec, original: Job) -> dict[str, str]:
    """Return the versions that `original` has read, by the name of each input for which `job` names the same."""
    before = submitted_spec(original).inputs
    pinned = {}
    for name, record in original.inputs.items():
        old, new = before.get(name), job.inputs.get(name)
        if (
            record.kind is not None
            and isinstance(old, DataInput)
            and isinstance(new, DataInput)
            and old.path == new.path
        ):
            pinned[name] = str(replace(AssetRef.parse(record.reference), kind=record.kind))
    return pinned


def load_rerun(original: Job, parameters: Mapping[str, Any], typed: Mapping[str, str]) -> LoadedSpec[Any]:
    """Return the job that runs `original` again, under another name.

    Parameters
    ----------
    original
        The job to run again.
    parameters
        Values that replace those of its parameters.
    typed
        The same as text.
    """
    spec = submitted_spec(original)
    display_name = spec.display_name and (cleaned(spec.display_name) or None)  # earlier versions allowed line breaks
    names = {"name": None, "display_name": display_name, "experiment_name": original.experiment_name}
    spec = spec.model_copy(update=names)
    job_type = type_of(spec)
    spec = job_type.with_parameters(spec, parameters, from_text=False).spec
    return job_type.with_parameters(spec, typed, from_text=True)


def has_files(spec: JobSpec, root: Path | None) -> bool:
    """Return whether the files of a job still exist, below `root` if there is one."""
    return not list(_missing(spec, root))


def check_files(spec: JobSpec, name: str, root: Path | None) -> None:
    """Raise ConflictError if one of the files of a job does not exist any more, or is not below `root`."""
    for field, path, reason in _missing(spec, root):
        raise ConflictError(
            f"{field}: {path} {reason}; run the code of {name} as it was submitted (--snapshot, or snapshot: true)"
        )


def _missing(spec: JobSpec, root: Path | None) -> Iterator[tuple[str, str, str]]:
    """Yield the field, the path and the reason for each file of a job that cannot be used."""
    for field in spec.path_fields:
        path = getattr(spec, field)
        if path is not None and not Path(path).exists():
            yield field, path, "does not exist any more"
        elif path is not None and root is not None and contents_path(root, path) == path:
            yield field, path, "is outside of the root directory of this server"
