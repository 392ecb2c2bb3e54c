# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Options that commands share: the workspace, the output format, NAME=VALUE assignments."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_ml.services.workspace import Workspace

__all__ = [
    "assignments",
    "common",
    "named_workspace",
    "open_workspace",
    "output_format",
    "store_workspace",
    "variables",
]

F = TypeVar("F", bound="Callable[..., Any]")

_WORKSPACE, _OUTPUT = "jupyter_ml.workspace", "jupyter_ml.output"


def store_workspace(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    """Store the value of --workspace, which may come before or after the command's name."""
    if value is not None:
        context.meta[_WORKSPACE] = value


def _store_output(context: click.Context, _parameter: click.Parameter, value: str) -> None:
    context.meta[_OUTPUT] = value


def common(command: F) -> F:
    """Add the options --workspace and --output to a command."""
    workspace = click.option(
        "--workspace", metavar="DIRECTORY", expose_value=False, callback=store_workspace, help="Workspace to use."
    )
    output = click.option(
        "--output",
        "-o",
        type=click.Choice(["table", "json", "yaml"]),
        default="table",
        show_default=True,
        expose_value=False,
        callback=_store_output,
        help="Output format; json and yaml are for scripts.",
    )
    return workspace(output(command))


def output_format() -> str:
    """Return the output format: table, json or yaml."""
    return str(click.get_current_context().meta.get(_OUTPUT, "table"))


def named_workspace() -> str | None:
    """Return the workspace that is given with --workspace or else in the environment."""
    option: str | None = click.get_current_context().meta.get(_WORKSPACE)
    return option or os.environ.get("JUPYTER_ML_WORKSPACE")


def open_workspace() -> Workspace:
    """Open the workspace of the command, and close it when the command ends."""
    from jupyter_ml.services.workspace import Workspace

    context = click.get_current_context()
    return context.with_resource(Workspace.open(context.meta.get(_WORKSPACE)))


def assignments(_context: click.Context, parameter: click.Parameter, values: Iterable[str]) -> dict[str, str]:
    """Return repeated NAME=VALUE options as a mapping."""
    wrong = next((text for text in values if text.find("=") < 1), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is not NAME=VALUE", param=parameter)
    return {name: value or "" for name, value in variables(_context, parameter, values).items()}


def variables(_context: click.Context, parameter: click.Parameter, values: Iterable[str]) -> dict[str, str | None]:
    """Return repeated NAME[=VALUE] options as a mapping, with None for a name without a value."""
    result: dict[str, str | None] = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not name:
            raise click.BadParameter(f"{text!r} is neither NAME nor NAME=VALUE", param=parameter)
        if name in result:
            raise click.BadParameter(f"{name!r} is given twice", param=parameter)
        result[name] = value if equals else None
    return result
