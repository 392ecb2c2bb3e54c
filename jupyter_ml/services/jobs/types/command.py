# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs that run a shell command."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.command_job import CommandJob
from jupyter_ml.schemas.job_spec import DataInput
from jupyter_ml.schemas.launch import Launch
from jupyter_ml.schemas.scalars import parse_scalar
from jupyter_ml.schemas.validation import validated
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.resolving import OUTPUTS, resolve_command
from jupyter_ml.services.jobs.types.base import JobType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.schemas.yaml import Document

__all__ = ["CommandType"]

_RUNNERS = {".py": "python", ".sh": "bash", ".r": "Rscript"}


class CommandType(JobType[CommandJob]):
    """Jobs that run a shell command in a copy of their code."""

    suffixes = tuple(_RUNNERS)

    def load(self, spec: CommandJob, document: Document) -> LoadedSpec[CommandJob]:
        """Return the job with its inputs as written: ``3.10`` and ``1e-3`` are numbers, but text to a command."""
        inputs = {
            name: text
            if not isinstance(value, DataInput) and (text := document.text(("inputs", name))) and str(value) != text
            else value
            for name, value in spec.inputs.items()
        }
        return LoadedSpec(spec.model_copy(update={"inputs": inputs}), document=document)

    def from_file(
        self, path: Path, parameters: Mapping[str, str], settings: Mapping[str, Any], code: Path | None
    ) -> LoadedSpec[CommandJob]:
        """Return the job that runs a script, which gets the parameters as options."""
        script = shlex.quote(str(path.relative_to(code) if code else path))
        words = [f"--{name} ${{{{inputs.{name}}}}}" for name in parameters]
        inputs = {name: _literal(text) for name, text in parameters.items()}  # the script gets the text itself
        command = " ".join([_RUNNERS[path.suffix.lower()], script, *words])
        return LoadedSpec.of(CommandJob, code, {"command": command, "inputs": inputs}, settings)

    def with_parameters(
        self, spec: CommandJob, parameters: Mapping[str, Any], *, from_text: bool
    ) -> LoadedSpec[CommandJob]:
        """Return the job with some of its literal inputs replaced."""
        literals = [name for name, value in spec.inputs.items() if not isinstance(value, DataInput)]
        for name in parameters.keys() - set(literals):
            raise InvalidInputError(
                f"the command has no parameter {name!r}{nearest(name, literals)}; its literal inputs are: "
                f"{', '.join(literals) or 'none'}",
                field=f"parameters.{name}",
            )
        given = {name: _literal(value) if from_text else value for name, value in parameters.items()}
        return LoadedSpec(validated(CommandJob, {**dict(spec), "inputs": {**spec.inputs, **given}}))

    def validate(
        self,
        loaded: LoadedSpec[CommandJob],
        notebook: Path | None,  # noqa: ARG002 -- inherited
        kernels: Path,  # noqa: ARG002 -- inherited
    ) -> tuple[CommandJob, dict[str, JsonValue]]:
        """Return the spec, and the literals among its inputs."""
        job = loaded.spec
        resolve_command(job, OUTPUTS)
        return job, {name: value for name, value in job.inputs.items() if not isinstance(value, DataInput)}

    def launch(self, spec: CommandJob, folder: AttemptFolder, common: Mapping[str, Any]) -> Launch:
        """Return the launch file of the command."""
        command = resolve_command(spec, folder.outputs)[0]
        return Launch(type="command", command=command, distribution=spec.distribution, **common)

    def variables(self, spec: CommandJob, folder: AttemptFolder) -> dict[str, str]:
        """Return the variables to which the command refers in place of expressions."""
        return resolve_command(spec, folder.outputs)[1]


def _literal(text: str) -> bool | float | str:
    value = parse_scalar(text)
    return value if isinstance(value, int | float) and str(value) == text else text
