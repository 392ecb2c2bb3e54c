# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs as they are before anybody has looked at them: from a YAML file, a mapping, a notebook or a script."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.notebooks.parameters import check_parameters, read_parameters
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.parameters import coerce, encode
from jupyter_ml.schemas.scalars import parse_scalar
from jupyter_ml.schemas.specs import JOB_MODELS, CommandJob, DataInput, NotebookJob, job_adapter, parse_job
from jupyter_ml.schemas.validation import validate
from jupyter_ml.schemas.yaml import load, parse_text
from jupyter_ml.services.tags import check_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_ml.schemas.nodes import Location
    from jupyter_ml.schemas.yaml import Document

__all__ = ["absolute", "code_folder", "from_file", "parse", "read"]

Spec = NotebookJob | CommandJob
LONGEST_SHOWN = 200
_RUNNERS = {".py": "python", ".sh": "bash", ".r": "Rscript"}


def read(path: Path, overrides: Mapping[str, Any], typed: Mapping[str, str]) -> Spec:
    """Return the job that a YAML file describes; see `JobService.read`."""
    document = load(path)
    document.data.pop("$schema", None)
    for key, value in overrides.items():
        document.replace(key, value)
    for key, text in typed.items():
        document.replace(key, parse_text(text), text)
    document.data.setdefault("type", "notebook" if "notebook" in document.data else "command")
    job = absolute(validate(job_adapter, document, JOB_MODELS), path.absolute().parent)
    for tag in job.tags:
        with _placed(document, ("tags", tag)):
            check_tag(tag)
    return _as_declared(job, document) if isinstance(job, NotebookJob) else _as_written(job, document)


def _as_declared(job: NotebookJob, document: Document) -> NotebookJob:
    """Return the job with its parameters as the notebook declares them, where they were written without quotes."""
    texts = {name: document.text(("parameters", name)) for name, value in job.parameters.items() if value is not None}
    texts = {name: text for name, text in texts.items() if text is not None and "${{" not in text}
    try:
        declared = (
            {each.name: each for each in read_parameters(read_notebook(Path(job.notebook))) or ()} if texts else {}
        )
    except InvalidInputError:  # that there is no such notebook is said when the job is submitted
        return job
    values = dict(job.parameters)
    for name in texts.keys() & declared.keys():
        if declared[name].types:
            with _placed(document, ("parameters", name)):
                values[name] = encode(coerce(declared[name], texts[name], from_text=True))
    return job.model_copy(update={"parameters": values})


@contextmanager
def _placed(document: Document, location: Location) -> Iterator[None]:
    """Put file and line of a key before the errors of a block."""
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(f"{document.where(location)}: {error}", field=error.field) from error


def _as_written(job: CommandJob, document: Document) -> CommandJob:
    """Return the job with its inputs as they were written: ``3.10`` and ``1e-3`` are numbers, but text to a command."""
    inputs = {
        name: text if (text := document.text(("inputs", name))) and str(value) != text else value
        for name, value in job.inputs.items()
    }
    return job.model_copy(update={"inputs": inputs})


def parse(data: Mapping[str, Any]) -> Spec:
    """Return the job that `data` describes; InvalidInputError names every key that is wrong."""
    return parse_job(dict(data))


def absolute(job: Spec, base: Path) -> Spec:
    """Return the job with its paths made absolute, where they are relative to `base`."""
    changes: dict[str, Any] = {}
    if job.code is not None:
        changes["code"] = _join(base, job.code, "code")
    if isinstance(job, NotebookJob):
        changes["notebook"] = _join(base, job.notebook, "notebook")
    inputs = {
        name: value.model_copy(update={"path": _join(base, value.path, f"inputs.{name}.path")})
        if isinstance(value, DataInput) and "://" not in value.path and not value.path.startswith("azureml:")
        else value
        for name, value in job.inputs.items()
    }
    return job.model_copy(update={**changes, "inputs": inputs})


def _join(base: Path, path: str, field: str) -> str:
    try:
        joined = os.path.normpath(base / Path(path).expanduser())
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # of which is told where it is needed
            Path(joined).stat()
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL character, nobody's home
        shown = path if len(path) <= LONGEST_SHOWN else f"{path[:LONGEST_SHOWN]}…"
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInputError(f"{field}: {shown!r} cannot be a path: {reason}", field=field) from error
    return joined


def from_file(path: Path, parameters: Mapping[str, str], *, code: bool | str | Path) -> Spec:
    """Return the job that runs a notebook or a script; see `JobService.from_file`."""
    path = Path(os.path.normpath(path.expanduser().absolute()))
    if not path.is_file():
        raise InvalidInputError(f"{path} is no file")
    folder = code_folder(path, code)
    common = {"code": str(folder)} if folder else {}
    if path.suffix == ".ipynb":
        typed = check_parameters(read_notebook(path), parameters, from_text=True)
        encoded = {name: encode(value) for name, value in typed.items()}
        return parse({**common, "type": "notebook", "notebook": str(path), "parameters": encoded})
    runner = _RUNNERS.get(path.suffix.lower())
    if runner is None:
        raise InvalidInputError(f"{path.name}: expected a notebook (.ipynb) or a script (.py, .sh, .R)")
    script = shlex.quote(str(path.relative_to(folder) if folder else path))
    words = [f"--{name} ${{{{inputs.{name}}}}}" for name in parameters]
    inputs = {name: _literal(text) for name, text in parameters.items()}  # the script gets what was typed
    return parse({**common, "type": "command", "command": " ".join([runner, script, *words]), "inputs": inputs})


def _literal(text: str) -> bool | float | str:
    value = parse_scalar(text)
    return value if isinstance(value, int | float) and str(value) == text else text


def code_folder(path: Path, code: bool | str | Path) -> Path | None:
    """Return the folder of which a copy is kept with the file."""
    if isinstance(code, bool):
        return path.parent if code else None
    folder = Path(os.path.normpath(Path(code).expanduser().absolute()))
    if not folder.is_dir():
        raise InvalidInputError(f"code: {folder} is no folder", field="code")
    if not path.is_relative_to(folder):
        raise InvalidInputError(
            f"code: {path} lies outside of {folder}; the job runs in a copy of that folder, which has to hold the file",
            field="code",
        )
    return folder
