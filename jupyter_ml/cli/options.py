# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Options that commands share: workspace and output format, and those that `jupyter_ml.schemas.options` declares."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_ml.schemas.options import Option
    from jupyter_ml.services.workspace import Workspace

__all__ = [
    "common",
    "declared",
    "named_workspace",
    "open_workspace",
    "output_format",
    "store_workspace",
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


def declared(options: Iterable[Option]) -> Callable[[F], F]:
    """Add declared options to a command."""

    def decorate(command: F) -> F:
        for option in reversed([*options]):
            command = _click_option(option)(command)
        return command

    return decorate


def _click_option(option: Option) -> Callable[[F], F]:
    if option.is_argument:
        return click.argument(option.key, nargs=-1, metavar=f"[{option.metavar}]...")
    if option.type is bool:
        *_, name = option.flags
        flags = f"{name}/--no-{name.removeprefix('--')}" if option.negatable else name
        return click.option(flags, option.key, is_flag=True, default=option.default, help=option.help)
    return click.option(
        *option.flags,
        option.key,
        type=click.Choice(option.choices) if option.choices else option.type,
        default=option.default,
        show_default=option.default is not None,
        multiple=option.repeatable,
        metavar=option.metavar,
        help=option.help,
    )


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
