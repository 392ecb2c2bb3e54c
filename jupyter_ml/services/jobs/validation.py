# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Validate a job before it is enqueued: everything that can be known before it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.compute import registry
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.notebooks.kernels import check_kernel, kernel_name_of
from jupyter_ml.notebooks.parameters import read_declaration
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.parameters import coerce, encode
from jupyter_ml.schemas.specs import DataInput, NotebookJob
from jupyter_ml.services.jobs.resolving import resolve_command, resolve_parameters
from jupyter_ml.services.jobs.snapshots import inside_code
from jupyter_ml.services.jobs.specs import is_local
from jupyter_ml.services.tags import check_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from jupyter_ml.notebooks.parameters import Declaration
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.specs import Draft, Spec

__all__ = ["check_compute", "convert", "secret_values", "validate"]

OUTPUTS = Path("outputs")
"""Directory of outputs, as the job itself sees it."""
LOCAL = "local"
"""The compute that always exists and needs no search among the installed packages."""


def validate(
    draft: Draft, *, code: Path | None = None, notebook: Path | None = None
) -> tuple[Spec, dict[str, JsonValue]]:
    """Return the spec with converted parameters, and the values with which the job runs.

    Defaults that the notebook sets itself are only among the values: as parameters they could change its results.

    Parameters
    ----------
    draft
        The job, with absolute paths.
    code
        Directory of its snapshot, if it has one already.
    notebook
        File of its notebook, if that is not among the code.

    Raises
    ------
    InvalidInputError
        With the field, and what to do.
    """
    job = draft.spec
    for name in job.tags:
        with draft.located("tags", name):
            check_tag(name)
    for name, value in job.inputs.items():
        if isinstance(value, DataInput):
            _check_input(name, value)
    if code is None:
        _check_places(job)
    if isinstance(job, NotebookJob):
        return _validate_notebook(draft, job, code / inside_code(job) if code else notebook or Path(job.notebook))
    resolve_command(job, OUTPUTS)
    return job, {name: value for name, value in job.inputs.items() if not isinstance(value, DataInput)}


def check_compute(context: WorkspaceContext, job: Spec) -> None:
    """Raise NotFoundError if the workspace has no such compute, UnavailableError if it cannot be used here."""
    if job.compute != LOCAL:
        registry.create(context.store.computes.get(job.compute))


def _validate_notebook(draft: Draft, job: NotebookJob, path: Path) -> tuple[NotebookJob, dict[str, JsonValue]]:
    notebook = read_notebook(path)
    check_kernel(job.kernel_name or kernel_name_of(notebook))
    declaration = read_declaration(notebook)
    converted = _convert_texts(draft, declaration)
    values = resolve_parameters(job, OUTPUTS)
    checked = declaration.check({name: value for name, value in values.items() if name not in converted})
    expressions = {name: value for name, value in job.parameters.items() if isinstance(value, str) and "${{" in value}
    typed = {name: (converted | checked)[name] for name in values}
    return job.model_copy(update={"parameters": typed | expressions}), declaration.defaults() | typed


def _convert_texts(draft: Draft, declaration: Declaration) -> dict[str, JsonValue]:
    """Return the parameters of a draft that are text, converted to the types that the notebook declares, encoded.

    Values of a YAML file have a type of their own where the notebook declares none.
    """
    if draft.document is None:
        return declaration.check(draft.texts, from_text=True)
    converted = {}
    for name, text in draft.texts.items():
        with draft.located("parameters", name):
            parameter = declaration.find(name)
            if parameter.types:
                converted[name] = encode(coerce(parameter, text, from_text=True))
    return converted


def convert(draft: Draft) -> Spec:
    """Return the spec of a draft, with parameters as its notebook declares them."""
    job = draft.spec
    if not draft.texts or not isinstance(job, NotebookJob):
        return job
    converted = _convert_texts(draft, read_declaration(read_notebook(Path(job.notebook))))
    return job.model_copy(update={"parameters": job.parameters | converted})


def secret_values(job: Spec, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the secrets that a job names, from `secrets`, else from the environment.

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
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        raise InvalidInputError(
            f"secrets: no value for {', '.join(missing)}; set an environment variable of that name before you submit",
            field="secrets",
        )
    return {name: value for name, value in values.items() if value is not None}


def _check_input(name: str, value: DataInput) -> None:
    path, field = Path(value.path), f"inputs.{name}.path"
    if not is_local(value.path):
        raise InvalidInputError(
            f"{field}: {value.path} is not a local path, and only local paths are supported so far", field=field
        )
    if not _can(path.exists):
        raise InvalidInputError(f"{field}: {path} does not exist", field=field)
    if path.is_dir() != (value.type == "uri_folder"):
        other = "uri_folder" if path.is_dir() else "uri_file"
        raise InvalidInputError(f"{field}: {path} is not a {value.type}; write type: {other}", field=field)


def _can(look: Callable[[], bool]) -> bool:
    """Return the result of a test of a path; False if no file can have that name."""
    try:
        return look()
    except OSError:
        return False


def _check_places(job: Spec) -> None:
    if job.code is None:
        return
    if not _can(Path(job.code).is_dir):
        raise InvalidInputError(f"code: {job.code} is not a directory", field="code")
    if isinstance(job, NotebookJob) and not Path(job.notebook).resolve().is_relative_to(Path(job.code).resolve()):
        raise InvalidInputError(
            f"notebook: {job.notebook} is outside of code ({job.code}); the job runs in a copy of that directory, "
            "so the notebook has to be in it",
            field="notebook",
        )
