# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml environment``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.resources import render_resource, resource_group
from jupyter_ml.schemas.names import ENVIRONMENT

if TYPE_CHECKING:
    from jupyter_ml.schemas.environments import Environment, EnvironmentBuild
    from jupyter_ml.services.workspace import Workspace

__all__ = ["environment"]


def _show(workspace: Workspace, item: Environment) -> None:
    from jupyter_ml.cli.options import output_format

    render_resource(workspace, item)
    if item.definition is not None and output_format() == "table":
        found = workspace.environments.status(item.reference)
        echo(_summary(found))
        for package in found.packages:
            echo(f"  {package}")


environment = resource_group(ENVIRONMENT, show=_show)

NAME = click.argument("name", metavar="NAME[:VERSION|@LABEL]")


@environment.command()
@NAME
@common
def build(name: str) -> None:
    """Install an environment on this machine, unless it is installed."""
    from jupyter_ml.cli.rendering import echo_result

    found = open_workspace().environments.build(name, progress=lambda _done, step: echo(f"{step}...", err=True))
    echo_result(found, f"{name}: {_summary(found)}")


@environment.command()
@NAME
@common
def delete_build(name: str) -> None:
    """Remove the installation of an environment; its lock remains, and the next build installs the same versions."""
    from jupyter_ml.cli.rendering import echo_result

    echo_result(open_workspace().environments.delete_build(name), f"{name}: removed")


@environment.command()
@click.argument("first", metavar="NAME[:VERSION|@LABEL]")
@click.argument("second", metavar="NAME[:VERSION|@LABEL]")
@click.option("--all", "equal", is_flag=True, help="Show what is equal too.")
@common
def compare(first: str, second: str, equal: bool) -> None:
    """Compare the packages of two versions."""
    from jupyter_ml.cli.rendering import render_table

    found = open_workspace().environments.compare(first, second)
    rows = [
        [row.name, *("not there" if value is None else value for value in (row.first, row.second))]
        for row in found.packages
        if equal or row.first != row.second
    ]
    render_table(found, ["", found.first.reference, found.second.reference], rows, "The packages are equal.")


@environment.command()
@click.argument("name", metavar="NAME")
@click.option("--python", metavar="PATH", help="Python whose packages are captured.  [default: that of Jupyter ML]")
@click.option("--description", help="Description of the version.")
@common
def capture(name: str, python: str | None, description: str | None) -> None:
    """Create a version with the packages that a Python has now."""
    from jupyter_ml.cli.rendering import echo_result

    item = open_workspace().environments.capture(name, python=python, description=description)
    echo_result(item, f"{item.reference}: created with {len(item.requirements or []):,} packages")
    if left_out := item.properties.get("left_out"):
        echo(f"Left out, because other machines do not have them: {left_out}", err=True)


@environment.command()
@click.option("--all", "everything", is_flag=True, help="Remove all installations.")
@common
def prune(everything: bool) -> None:
    """Remove installations that no environment of the workspace uses; their locks remain."""
    from jupyter_ml.cli.rendering import echo_result

    result = open_workspace().environments.prune(everything=everything)
    echo_result(result, f"{len(result.removed)} removed ({result.bytes:,} bytes)")


def _summary(found: EnvironmentBuild) -> str:
    if found.state != "built":
        return found.state.replace("_", " ") + (f": {found.message}" if found.message else "")
    note = f" {found.message}" if found.message else ""
    return f"built in {found.build_s:g} s with Python {found.python} and {len(found.packages)} packages.{note}"
