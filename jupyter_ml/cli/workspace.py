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
    """Make a workspace, and see which one is used."""


@workspace.command()
@click.argument("folder", required=False)
@click.option("--name", metavar="NAME", help="What to call it; the folder's name when absent.")
@common
def init(folder: str | None, name: str | None) -> None:
    """Create a workspace in FOLDER/.jupyter-ml, for everything below FOLDER.

    FOLDER is created where it does not exist. When absent, it is the folder named with --workspace or
    JUPYTER_ML_WORKSPACE, else the working folder.
    """
    from jupyter_ml.cli.rendering import show_pairs
    from jupyter_ml.services.workspace import Workspace

    with Workspace.init(folder or named_workspace() or ".", name=name) as made:
        if output_format() == "table":
            echo(f"Workspace {made.settings.name} in {made.layout.folder}")
        else:
            show_pairs(made.info(), {})


@workspace.command()
@common
def show() -> None:
    """Show which workspace is used, where it keeps things, and what goes on in it."""
    from jupyter_ml.cli.rendering import show_pairs

    info = open_workspace().info()
    supervisor = info.supervisor
    shown = {
        **info.model_dump(exclude={"root"}),
        "supervisor": f"process {supervisor.pid}, version {supervisor.version}" if supervisor else "not running",
        "jobs": "  ".join(f"{state} {count}" for state, count in info.jobs.items()),
    }
    show_pairs(info, shown)


@workspace.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@common
def repair(dry_run: bool, yes: bool) -> None:
    """Read jobs back from their folders, after workspace.db was lost or replaced by an older copy.

    Jobs that had ended are listed again, jobs that had started are brought to their end, and none is started.
    """
    from jupyter_ml.cli.rendering import show_items

    service = open_workspace().repair
    columns = ["NAME", "ACTION", "STATE", ""]
    empty = "Every job that has a folder is in the database."

    def show(items: list[RepairItem]) -> None:
        rows = ([item.name, item.action, item.state or "", item.message] for item in items)
        show_items(items, columns, rows, empty)

    items = service.preview()
    if dry_run or not items:
        show(items)
        return
    if not yes:
        show(items)
        click.confirm(f"Restore {len(items)} jobs?", abort=True, err=True)
    show(service.run())
