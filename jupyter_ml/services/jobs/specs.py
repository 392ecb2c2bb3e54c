# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build job specs from YAML files, notebooks and scripts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.job_spec import DataInput
from jupyter_ml.schemas.specs import JOB_SPECS, job_adapter, spec_model
from jupyter_ml.schemas.validation import validate
from jupyter_ml.schemas.yaml import load, parse_text
from jupyter_ml.services.contents_paths import resolve_contents_path, resolve_local_path
from jupyter_ml.services.jobs.types.registry import JOB_TYPES, SUFFIXES, type_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec

__all__ = ["YAML_SUFFIXES", "absolute", "code_directory", "confine", "from_file", "read"]

YAML_SUFFIXES = (".yml", ".yaml")


def read(path: Path, overrides: Mapping[str, Any], typed: Mapping[str, str]) -> LoadedSpec[Any]:
    """Return the job that a YAML file describes; see `JobService.read`."""
    document = load(path)
    document.data.pop("$schema", None)
    for key, value in overrides.items():
        document.replace(key, value)
    for key, text in typed.items():
        document.replace(key, parse_text(text), text)
    document.data.setdefault("type", _type_of_keys(document.data, path))
    job = absolute(validate(job_adapter, document, spec_model(document.data)), path.absolute().parent)
    return type_of(job).load(job, document)


def _type_of_keys(keys: Collection[str], path: Path) -> str:
    """Return the type that a file means which names none: the first one whose required keys it has, if misspelled."""
    required = {
        name: {key for key, field in model.model_fields.items() if field.is_required()}
        for name, model in JOB_SPECS.items()
    }
    exact = (name for name, wanted in required.items() if wanted <= set(keys))
    misspelled = (name for name, wanted in required.items() if any(nearest(key, keys) for key in wanted))
    found = next(exact, None) or next(misspelled, None)
    if found is None:
        listed = " or ".join(repr(key) for wanted in required.values() for key in sorted(wanted))
        raise InvalidInputError(f"{path.name} is not a job file: it has no key {listed} with what to run")
    return found


def absolute(job: JobSpec, base: Path) -> JobSpec:
    """Return the job with absolute paths; relative ones are resolved against `base`."""
    return job.with_paths(lambda path, field: os.path.normpath(resolve_local_path(base, path, field)))


def confine(job: JobSpec, root: Path, original: JobSpec | None = None) -> JobSpec:
    """Return the job with absolute paths instead of contents paths, except for inputs of `original`."""
    inputs = original.inputs.values() if original is not None else ()
    known = {value.path for value in inputs if isinstance(value, DataInput)}

    def resolve(path: str, field: str) -> str:
        if path in known:
            return path
        found = resolve_contents_path(root, path, field)
        if field.startswith("inputs."):
            _require_input(found, path, field)
        return str(found)

    return job.with_paths(resolve)


def _require_input(found: Path, path: str, field: str) -> None:
    """Raise InvalidInputError if there is no such file: an input is often given relative to the notebook."""
    try:
        found.stat()
    except (FileNotFoundError, NotADirectoryError):
        message = f"{field}: {path} does not exist; paths start at the root directory of this server"
        raise InvalidInputError(message, field=field) from None
    except OSError:
        return  # reported where it is read


def from_file(
    path: Path, parameters: Mapping[str, str], settings: Mapping[str, Any], *, code: bool | str | Path
) -> LoadedSpec[Any]:
    """Return the job that runs a notebook or a script; see `JobService.from_file`."""
    path = _normal(path, "path")
    if not path.is_file():
        raise InvalidInputError(f"{path} is not a file")
    suffix = path.suffix.lower()
    found = next((each for each in JOB_TYPES.values() if suffix in each.suffixes), None)
    if found is None:
        hint = f"; submit a job file with: jupyter ml job create -f {path}" if suffix in YAML_SUFFIXES else ""
        raise InvalidInputError(f"{path.name}: expected a notebook or a script ({', '.join(SUFFIXES)}){hint}")
    return found.from_file(path, parameters, settings, code_directory(path, code))


def code_directory(path: Path, code: bool | str | Path) -> Path | None:
    """Return the directory whose snapshot is taken for a file; None if there is none."""
    if isinstance(code, bool):
        return path.parent if code else None
    directory = _normal(code, "code")
    if not directory.is_dir():
        raise InvalidInputError(f"code: {directory} is not a directory", field="code")
    if not path.is_relative_to(directory):
        raise InvalidInputError(
            f"code: {path} is outside of {directory}; the job runs in a copy of that directory, which has to contain "
            "the file",
            field="code",
        )
    return directory


def _normal(path: str | Path, field: str) -> Path:
    return Path(os.path.normpath(resolve_local_path(Path.cwd(), str(path), field)))
