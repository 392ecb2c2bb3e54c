# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Validate a job before it is enqueued: everything that can be known before it runs."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute import registry
from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.computes import LOCAL
from jupyter_ml.schemas.text import require_experiment, require_line, require_text
from jupyter_ml.services.jobs.types.registry import type_of
from jupyter_ml.services.tags import check_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import JsonValue

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec

__all__ = [
    "check_compute",
    "check_experiment",
    "check_kernel_compute",
    "convert",
    "secret_values",
    "validate",
    "with_compute",
]

UNUSABLE = {
    ComputeState.STOPPED: "start it by: jupyter ml compute start {name}",
    ComputeState.STOPPING: "wait, and start it by: jupyter ml compute start {name}",
    ComputeState.FAILED: "see why by: jupyter ml compute show {name}, and start it by: jupyter ml compute start {name}",
    ComputeState.DELETING: "choose another one",
}
"""The states in which a compute takes no jobs, and what to do."""


def validate(
    loaded: LoadedSpec[Any], kernels: Path, *, code: Path | None = None, notebook: Path | None = None
) -> tuple[JobSpec, dict[str, JsonValue]]:
    """Return the spec with converted parameters, and the values with which the job runs.

    Parameters
    ----------
    loaded
        The job, with absolute paths.
    kernels
        Directory of the kernels of the workspace's environments.
    code
        Directory of its snapshot, if it has one already.
    notebook
        File of its notebook, if that is not among the code.

    Raises
    ------
    InvalidInputError
        With the field, and what to do.
    """
    job = loaded.spec
    _check_texts(loaded)
    if code is None:
        with loaded.located("code"):
            _check_code(job)
    elif (inside := job.notebook_in_code()) is not None:
        notebook = code / inside
    validated: tuple[JobSpec, dict[str, JsonValue]] = type_of(job).validate(loaded, notebook, kernels)
    return validated


def _check_texts(loaded: LoadedSpec[Any]) -> None:
    job = loaded.spec
    for field, text, require in (
        ("display_name", job.display_name, require_line),
        ("description", job.description, require_text),
    ):
        with loaded.located(field), _in_field(field):
            require(text or "")
    for name, value in job.tags.items():
        with loaded.located("tags", name):
            check_tag(name)
            with _in_field(f"tags.{name}"):
                require_line(name)
                require_text(value)


def check_kernel_compute(spec: JobSpec, compute: str, of_kernel: str) -> None:
    """Raise InvalidInputError if a job names a compute, and a kernel of another one besides.

    The kernel that its notebook names counts only where the job names no compute.
    """
    if (kernel := getattr(spec, "kernel_name", None)) and compute != of_kernel:
        raise InvalidInputError(
            f"kernel_name: {kernel} is a kernel of the compute {of_kernel!r}, and the job names the compute "
            f"{compute!r}: remove one of the two",
            field="kernel_name",
        )


def check_experiment(context: WorkspaceContext, loaded: LoadedSpec[Any]) -> None:
    """Raise InvalidInputError if a job names an experiment that cannot be created, and does not exist either."""
    name = loaded.spec.experiment_name
    if name is None:
        return
    with loaded.located("experiment_name"), _in_field("experiment_name"):
        try:
            require_experiment(name)
        except InvalidInputError:  # an earlier version, or MLflow, allowed it
            with suppress(NotFoundError):
                context.store.experiments.get(name)
                return
            raise


@contextmanager
def _in_field(field: str) -> Iterator[None]:
    """Name the field in the errors of a block."""
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(f"{field}: {error}", field=field) from None


def with_compute(context: WorkspaceContext, loaded: LoadedSpec[Any]) -> LoadedSpec[Any]:
    """Return the spec with the default compute of the workspace, if it does not name one."""
    spec = loaded.spec
    if "compute" in spec.model_fields_set:
        return loaded
    return loaded.replace(spec.model_copy(update={"compute": context.settings.default_compute}))


def check_compute(context: WorkspaceContext, job: JobSpec) -> None:
    """Raise InvalidInputError if the workspace has no such compute, UnavailableError if it cannot be used here."""
    if job.compute == LOCAL and not job.resources.gpus and job.resources.instance_count == 1:
        return
    try:
        found = context.store.computes.get(job.compute)
    except NotFoundError as error:
        known = ", ".join(each.name for each in context.store.computes.all())
        raise InvalidInputError(f"compute: {error}; there are: {known}", field="compute") from error
    compute = registry.create(found)
    if (remedy := UNUSABLE.get(found.state)) is not None:
        message = f"compute: {found.name!r} is {found.state}: {remedy.format(name=found.name)}"
        raise InvalidInputError(message, field="compute")
    if (nodes := job.resources.instance_count) > compute.most_nodes:
        raise InvalidInputError(_too_many_nodes(found.name, compute, nodes), field="resources.instance_count")
    if (wanted := job.resources.gpus or 0) > (there := len(compute.gpus())):
        message = f"resources.gpus: {wanted} wanted, and the compute {found.name!r} has {there}"
        if found.name == LOCAL and there == 0:
            message += ": they are found by NVIDIA's driver and pip install 'jupyter-ml[gpu]'"
        raise InvalidInputError(message, field="resources.gpus")


def _too_many_nodes(name: str, compute: Compute, nodes: int) -> str:
    message = f"resources.instance_count: {nodes} nodes wanted, and "
    if not compute.capabilities.scales:
        return f"{message}the compute {name!r} is one machine: choose a cluster, or remove the key"
    if compute.most_nodes == 1 and (compute.most_jobs or 0) > 1:
        return f"{message}those of {name!r} run several jobs each: a job of several nodes needs jobs_per_node: 1"
    return f"{message}the cluster {name!r} has {compute.most_nodes} at most: raise max_instances"


def convert(loaded: LoadedSpec[Any]) -> JobSpec:
    """Return a loaded spec with its parameters that were given as text converted to their types."""
    spec: JobSpec = type_of(loaded.spec).convert(loaded)
    return spec


def secret_values(job: JobSpec, secrets: Mapping[str, str], stored: Callable[[str], str | None]) -> dict[str, str]:
    """Return the values of the secrets that a job names.

    Parameters
    ----------
    job
        Names them.
    secrets
        Values that come first; after them come those of the environment.
    stored
        Returns the value that the vault has for a name, if it has one.

    Raises
    ------
    InvalidInputError
        If one has no value, is not named by the job, or is an environment variable of the job too.
    """
    unknown = secrets.keys() - set(job.secrets)
    if unknown:
        raise InvalidInputError(
            f"secrets: {', '.join(sorted(unknown))} given, but not named in the job", field="secrets"
        )
    for field, names in (("secrets", job.secrets), ("pass_environment", job.pass_environment)):
        both = set(names) & job.environment_variables.keys()
        if both:
            raise InvalidInputError(f"{field}: {', '.join(sorted(both))} is in environment_variables too", field=field)
    values = {name: secrets.get(name, os.environ.get(name)) for name in job.secrets}
    values |= {name: stored(name) for name, value in values.items() if value is None}
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        raise InvalidInputError(
            f"secrets: no value for {', '.join(missing)}; set an environment variable of that name before you submit, "
            f"or store one with: jupyter ml vault set {missing[0]}",
            field="secrets",
        )
    return {name: value for name, value in values.items() if value is not None}


def _can(look: Callable[[], bool]) -> bool:
    """Return the result of a test of a path; False if no file can have that name."""
    try:
        return look()
    except OSError:
        return False


def _check_code(job: JobSpec) -> None:
    if job.code is not None and not _can(Path(job.code).is_dir):
        raise InvalidInputError(f"code: {job.code} is not a directory", field="code")
