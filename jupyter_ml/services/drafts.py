"""Jobs as they are before anybody has looked at them: from a YAML file, a mapping, a notebook or a script."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.executor.notebooks import read_notebook
from jupyter_ml.executor.parameters import check_parameters
from jupyter_ml.schemas.parameters import encode, parse_text
from jupyter_ml.schemas.specs import JOB_MODELS, CommandJob, DataInput, NotebookJob, job_adapter, parse_job
from jupyter_ml.schemas.yaml import load, validate

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["absolute", "from_file", "parse", "read"]

Spec = NotebookJob | CommandJob
_RUNNERS = {".py": "python", ".sh": "bash", ".r": "Rscript"}


def read(path: Path, overrides: Mapping[str, Any]) -> Spec:
    """Return the job that a YAML file describes; its paths are relative to the file.

    Parameters
    ----------
    path
        The file.
    overrides
        Values that replace the file's, by dotted key (``limits.timeout``); None takes the key away.
    """
    document = load(path)
    document.data.pop("$schema", None)
    for key, value in overrides.items():
        _set(document.data, key, value)
    document.data.setdefault("type", "notebook" if "notebook" in document.data else "command")
    return absolute(validate(job_adapter, document, JOB_MODELS), path.absolute().parent)


def _set(data: dict[str, Any], dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    for part in parents:
        inner = data.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InvalidInputError(f"--set {dotted}: {part} has no keys of its own, it is {inner!r}", field=dotted)
        data = inner
    if value is None:  # as if the file did not say it
        data.pop(last, None)
    else:
        data[last] = value


def parse(data: Mapping[str, Any]) -> Spec:
    """Return the job that `data` describes; InvalidInputError names every key that is wrong."""
    return parse_job(dict(data))


def absolute(job: Spec, base: Path) -> Spec:
    """Return the job with its paths made absolute, where they are relative to `base`."""
    changes: dict[str, Any] = {}
    if job.code is not None:
        changes["code"] = _join(base, job.code)
    if isinstance(job, NotebookJob):
        changes["notebook"] = _join(base, job.notebook)
    inputs = {
        name: value.model_copy(update={"path": _join(base, value.path)})
        if isinstance(value, DataInput) and "://" not in value.path and not value.path.startswith("azureml:")
        else value
        for name, value in job.inputs.items()
    }
    return job.model_copy(update={**changes, "inputs": inputs})


def _join(base: Path, path: str) -> str:
    return os.path.normpath(base / Path(path).expanduser())


def from_file(path: Path, parameters: Mapping[str, str], *, code: bool) -> Spec:
    """Return the job that runs a notebook or a script; see `JobService.from_file`."""
    path = Path(os.path.normpath(path.expanduser().absolute()))
    if not path.is_file():
        raise InvalidInputError(f"{path} is no file")
    common = {"code": str(path.parent)} if code else {}
    if path.suffix == ".ipynb":
        typed = check_parameters(read_notebook(path), parameters, from_text=True)
        encoded = {name: encode(value) for name, value in typed.items()}
        return parse({**common, "type": "notebook", "notebook": str(path), "parameters": encoded})
    runner = _RUNNERS.get(path.suffix.lower())
    if runner is None:
        raise InvalidInputError(f"{path.name}: expected a notebook (.ipynb) or a script (.py, .sh, .R)")
    script = shlex.quote(path.name if code else str(path))
    words = [f"--{name} ${{{{inputs.{name}}}}}" for name in parameters]
    inputs = {name: _literal(text) for name, text in parameters.items()}
    return parse({**common, "type": "command", "command": " ".join([runner, script, *words]), "inputs": inputs})


def _literal(text: str) -> bool | float | str:
    value = parse_text(text)
    return value if isinstance(value, bool | int | float) else text
