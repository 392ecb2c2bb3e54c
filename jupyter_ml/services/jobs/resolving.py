# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Resolve the expressions of a job: the values of its inputs and outputs on the compute."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, TooLargeError
from jupyter_ml.schemas.expressions import Expression, find, substitute
from jupyter_ml.schemas.job_spec import DataInput
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.shell import refer, variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.command_job import CommandJob
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.notebook_job import NotebookJob

__all__ = ["OUTPUTS", "make_outputs", "resolve_command", "resolve_parameters"]

OUTPUTS = Path("outputs")
"""Directory of outputs, as the job itself sees it."""
MAX_COMMAND_BYTES = 128 * 1024 - 1
"""Maximum size of an argument on Linux, including its end."""
MAX_VALUES_BYTES = 512 * 1024
"""Linux takes 2 MiB of arguments and environment in all."""
_ALONE = re.compile(r"\$\{\{[^{}]*\}\}")


def _value(job: JobSpec, expression: Expression, outputs: Path) -> Any:
    if expression.source == "outputs":
        output = job.outputs[expression.name]
        return output.path if output.mode == "direct" else str(outputs / expression.name)
    value = job.inputs[expression.name]
    return value.path if isinstance(value, DataInput) else value


def _texts(job: JobSpec, outputs: Path) -> Callable[[Expression], str]:
    return lambda expression: str(_value(job, expression, outputs))


def resolve_command(job: CommandJob, outputs: Path) -> tuple[str, dict[str, str]]:
    """Return the command for bash, and the environment variables that it refers to in place of expressions.

    Parameters
    ----------
    job
        The job to run.
    outputs
        The directory of its outputs.

    Raises
    ------
    InvalidInputError
        If an expression is at a place where its value could be more than a value, or a value cannot be passed.
    """
    command = refer(job.command)
    size = len(command.encode())
    if size > MAX_COMMAND_BYTES:
        raise TooLargeError(
            f"command: has {size:,} bytes; bash accepts {MAX_COMMAND_BYTES:,}: put it into a script", field="command"
        )
    texts = _texts(job, outputs)
    variables = {variable(expression): texts(expression) for expression in find(job.command)}
    for name, value in variables.items():
        if "\0" in value:
            raise InvalidInputError(f"the value of {name} has a NUL character, which cannot be passed to a program")
    size = sum(len(name) + len(value.encode()) for name, value in variables.items())
    if size > MAX_VALUES_BYTES:
        raise TooLargeError(
            f"inputs: have {size:,} bytes in all; a command accepts {MAX_VALUES_BYTES:,}: put them into a file",
            field="inputs",
        )
    return command, variables


def resolve_parameters(job: NotebookJob, outputs: Path) -> dict[str, Any]:
    """Return the notebook's parameters as Python values.

    A parameter that is one expression and nothing else has the type of the input; inside other text it becomes text.
    """
    return {name: _resolve(job, decode(value), outputs) for name, value in job.parameters.items()}


def _resolve(job: JobSpec, value: Any, outputs: Path) -> Any:
    if not isinstance(value, str):
        return value
    if _ALONE.fullmatch(value):
        return _value(job, next(find(value)), outputs)
    return substitute(value, _texts(job, outputs))


def make_outputs(job: JobSpec, outputs: Path) -> None:
    """Create the directories of a job's outputs."""
    outputs.mkdir(parents=True, exist_ok=True)
    for name, spec in job.outputs.items():
        if spec.type != "uri_file":
            (outputs / name).mkdir(exist_ok=True)
