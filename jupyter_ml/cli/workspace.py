# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml workspace``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.options import common, named_workspace, open_workspace, output_format
from jupyter_ml.cli.printing import echo

if TYPE_CHECKING:
    from jupyter_ml.schemas.repair import RepairItem

__all__ = ["workspace"]


@click.group()
def workspace() -> None:
    """Create, show and repair workspaces."""


@workspace.command()
@click.argument("directory", required=False)
@click.option("--name", metavar="NAME", help="Name of the workspace; by default the name of the directory.")
@common
def init(directory: str | None, name: str | None) -> None:
    """Create a workspace in DIRECTORY/.jupyter-ml, for everything below DIRECTORY.

    DIRECTORY is created if it does not exist. The default is the directory given with --workspace or
    JUPYTER_ML_WORKSPACE, else the working directory.
    """
    from jupyter_ml.cli.rendering import render_details
    from jupyter_ml.services.workspace import Workspace

    with Workspace.init(directory or named_workspace() or ".", name=name) as created:
        if output_format() == "table":
            echo(f"Workspace {created.name} in {created.folder}")
        else:
            render_details(created.info(), {})


@workspace.command()
@common
def show() -> None:
    """Show the workspace in use, its directories and databases, its supervisor and the number of jobs by state."""
    from jupyter_ml.cli.rendering import render_details

    info = open_workspace().info()
    supervisor = info.supervisor
    details = {
        **info.model_dump(exclude={"root"}),
        "supervisor": f"process {supervisor.pid}, version {supervisor.version}" if supervisor else "not running",
        "jobs": "  ".join(f"{state} {count}" for state, count in info.jobs.items()),
    }
    render_details(info, details)


@workspace.command()
@click.option("--dry-run", is_flag=True, help="Show what would be done without doing it.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")
@common
def repair(dry_run: bool, yes: bool) -> None:
    """Restore jobs from their directories, after workspace.db was lost or replaced by an older copy.

    Ended jobs are listed again, jobs that had started are adopted by the supervisor, and no job is started.
    """
    from jupyter_ml.cli.rendering import render_list

    service = open_workspace().repair
    columns = ["name", "action", "state", ""]
    empty = "Every job directory is in the database."

    def show(items: list[RepairItem]) -> None:
        rows = ([item.name, item.action, item.state or "", item.message] for item in items)
        render_list(items, columns, rows, empty)

    items = service.preview()
    if dry_run or not items:
        show(items)
        return
    if not yes:
        show(items)
        click.confirm(f"Restore {len(items)} jobs?", abort=True, err=True)
    show(service.run())
