"""Expressions made into values: what a job's inputs and outputs are on the compute."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.expressions import Expression, find, substitute, substitute_in_shell
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.specs import DataInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.schemas.specs import CommandJob, NotebookJob

__all__ = ["make_outputs", "resolve_command", "resolve_parameters"]

_ALONE = re.compile(r"\$\{\{[^{}]*\}\}")


def _value(job: NotebookJob | CommandJob, expression: Expression, outputs: Path) -> Any:
    if expression.source == "outputs":
        return str(outputs / expression.name)
    value = job.inputs[expression.name]
    return value.path if isinstance(value, DataInput) else value


def _texts(job: NotebookJob | CommandJob, outputs: Path) -> Callable[[Expression], str]:
    return lambda expression: str(_value(job, expression, outputs))


def resolve_command(job: CommandJob, outputs: Path) -> str:
    """Return the command with every expression replaced; `outputs` is the folder that outputs go to."""
    return substitute_in_shell(job.command, _texts(job, outputs))


def resolve_parameters(job: NotebookJob, outputs: Path) -> dict[str, Any]:
    """Return the notebook's parameters as Python values.

    A parameter that is one expression and nothing else has the input's own type; inside other text it becomes text.
    """
    return {name: _resolve(job, decode(value), outputs) for name, value in job.parameters.items()}


def _resolve(job: NotebookJob, value: Any, outputs: Path) -> Any:
    if not isinstance(value, str):
        return value
    if _ALONE.fullmatch(value):
        return _value(job, next(find(value)), outputs)
    return substitute(value, _texts(job, outputs))


def make_outputs(job: NotebookJob | CommandJob, outputs: Path) -> None:
    """Make the folders that a job's outputs go to."""
    outputs.mkdir(parents=True, exist_ok=True)
    for name, spec in job.outputs.items():
        if spec.type == "uri_folder":
            (outputs / name).mkdir(exist_ok=True)
