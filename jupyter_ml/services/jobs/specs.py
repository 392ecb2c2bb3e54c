# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build job specs from YAML files, notebooks and scripts."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.scalars import parse_scalar
from jupyter_ml.schemas.specs import JOB_MODELS, CommandJob, DataInput, NotebookJob, job_adapter, parse_job
from jupyter_ml.schemas.validation import validate
from jupyter_ml.schemas.yaml import load, parse_text
from jupyter_ml.services.contents_paths import resolve_contents_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_ml.schemas.yaml import Document

__all__ = ["Draft", "Spec", "absolute", "code_directory", "confine", "from_file", "from_notebook", "is_local", "read"]

Spec = NotebookJob | CommandJob
LONGEST_SHOWN = 200
_RUNNERS = {".py": "python", ".sh": "bash", ".r": "Rscript"}


@dataclass(frozen=True)
class Draft:
    """A job spec on its way to the queue.

    Attributes
    ----------
    spec : NotebookJob or CommandJob
        The job.
    texts : Mapping
        Parameters that were given as text; their types are those that the notebook declares.
    document : Document or None
        The YAML file that it was read from.
    """

    spec: Spec
    texts: Mapping[str, str] = field(default_factory=dict)
    document: Document | None = None

    def replace(self, spec: Spec) -> Draft:
        """Return the draft with another spec."""
        return replace(self, spec=spec)

    @contextmanager
    def located(self, *location: str) -> Iterator[None]:
        """Prefix errors of a block with the file and line of a key, if the draft was read from a file."""
        try:
            yield
        except InvalidInputError as error:
            if self.document is None:
                raise
            raise InvalidInputError(f"{self.document.where(location)}: {error}", field=error.field) from error


def read(path: Path, overrides: Mapping[str, Any], typed: Mapping[str, str]) -> Draft:
    """Return the job that a YAML file describes; see `JobService.read`."""
    document = load(path)
    document.data.pop("$schema", None)
    for key, value in overrides.items():
        document.replace(key, value)
    for key, text in typed.items():
        document.replace(key, parse_text(text), text)
    document.data.setdefault("type", "notebook" if "notebook" in document.data else "command")
    job = absolute(validate(job_adapter, document, JOB_MODELS), path.absolute().parent)
    if isinstance(job, CommandJob):
        return Draft(_as_written(job, document), document=document)
    texts = {name: document.text(("parameters", name)) for name, value in job.parameters.items() if value is not None}
    known = {name: text for name, text in texts.items() if text is not None and "${{" not in text}
    return Draft(job, known, document)


def _as_written(job: CommandJob, document: Document) -> CommandJob:
    """Return the job with its inputs as written: ``3.10`` and ``1e-3`` are numbers, but text to a command."""
    inputs = {
        name: text if (text := document.text(("inputs", name))) and str(value) != text else value
        for name, value in job.inputs.items()
    }
    return job.model_copy(update={"inputs": inputs})


def absolute(job: Spec, base: Path) -> Spec:
    """Return the job with absolute paths; relative ones are resolved against `base`."""
    changes: dict[str, Any] = {}
    if job.code is not None:
        changes["code"] = _join(base, job.code, "code")
    if isinstance(job, NotebookJob):
        changes["notebook"] = _join(base, job.notebook, "notebook")
    inputs = {
        name: value.model_copy(update={"path": _join(base, value.path, f"inputs.{name}.path")})
        if isinstance(value, DataInput) and is_local(value.path)
        else value
        for name, value in job.inputs.items()
    }
    return job.model_copy(update={**changes, "inputs": inputs})


def confine(job: Spec, root: Path) -> Spec:
    """Return the job with absolute paths instead of contents paths."""
    changes: dict[str, Any] = {}
    if job.code is not None:
        changes["code"] = str(resolve_contents_path(root, job.code, "code"))
    if isinstance(job, NotebookJob):
        changes["notebook"] = str(resolve_contents_path(root, job.notebook, "notebook"))
    changes["inputs"] = {
        name: value.model_copy(update={"path": str(resolve_contents_path(root, value.path, f"inputs.{name}.path"))})
        if isinstance(value, DataInput) and is_local(value.path)
        else value
        for name, value in job.inputs.items()
    }
    return job.model_copy(update=changes)


def is_local(path: str) -> bool:
    """Return whether the path of an input is one of this machine, rather than a URI."""
    return "://" not in path and not path.startswith("azureml:")


def _join(base: Path, path: str, field: str) -> str:
    try:
        joined = os.path.normpath(base / Path(path).expanduser())
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # reported where it is needed
            Path(joined).stat()
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL character, an unknown user's home
        shown = path if len(path) <= LONGEST_SHOWN else f"{path[:LONGEST_SHOWN]}…"
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInputError(f"{field}: {shown!r} cannot be a path: {reason}", field=field) from error
    return joined


def from_file(
    path: Path, parameters: Mapping[str, str], settings: Mapping[str, Any], *, code: bool | str | Path
) -> Draft:
    """Return the job that runs a notebook or a script; see `JobService.from_file`."""
    path = Path(os.path.normpath(path.expanduser().absolute()))
    if not path.is_file():
        raise InvalidInputError(f"{path} is not a file")
    directory = code_directory(path, code)
    if path.suffix == ".ipynb":
        return from_notebook(path, parameters, settings, directory)
    runner = _RUNNERS.get(path.suffix.lower())
    if runner is None:
        raise InvalidInputError(f"{path.name}: expected a notebook (.ipynb) or a script (.py, .sh, .R)")
    script = shlex.quote(str(path.relative_to(directory) if directory else path))
    words = [f"--{name} ${{{{inputs.{name}}}}}" for name in parameters]
    inputs = {name: _literal(text) for name, text in parameters.items()}  # the script gets the text itself
    command = " ".join([runner, script, *words])
    return Draft(_parse(directory, {"type": "command", "command": command, "inputs": inputs}, settings))


def from_notebook(
    path: Path, parameters: Mapping[str, str], settings: Mapping[str, Any], directory: Path | None
) -> Draft:
    """Return the job that runs a notebook, with a snapshot of `directory` unless that is None."""
    spec = _parse(directory, {"type": "notebook", "notebook": str(path), "parameters": dict(parameters)}, settings)
    return Draft(spec, parameters)


def _parse(directory: Path | None, job: dict[str, Any], settings: Mapping[str, Any]) -> Spec:
    return parse_job({**({"code": str(directory)} if directory else {}), **job, **settings})


def _literal(text: str) -> bool | float | str:
    value = parse_scalar(text)
    return value if isinstance(value, int | float) and str(value) == text else text


def code_directory(path: Path, code: bool | str | Path) -> Path | None:
    """Return the directory whose snapshot is taken for a file; None if there is none."""
    if isinstance(code, bool):
        return path.parent if code else None
    directory = Path(os.path.normpath(Path(code).expanduser().absolute()))
    if not directory.is_dir():
        raise InvalidInputError(f"code: {directory} is not a directory", field="code")
    if not path.is_relative_to(directory):
        raise InvalidInputError(
            f"code: {path} is outside of {directory}; the job runs in a copy of that directory, which has to contain "
            "the file",
            field="code",
        )
    return directory
