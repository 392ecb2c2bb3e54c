"""``jupyter ml workspace``."""

from __future__ import annotations

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.printing import echo

__all__ = ["workspace"]


@click.group()
def workspace() -> None:
    """Make a workspace, and see which one is used."""


@workspace.command()
@click.argument("folder", default=".")
@click.option("--name", metavar="NAME", help="What to call it; the folder's name when absent.")
@common
def init(folder: str, name: str | None) -> None:
    """Make a workspace in FOLDER/.jupyter-ml, for everything below FOLDER."""
    from jupyter_ml.services.workspace import Workspace

    with Workspace.init(folder, name=name) as made:
        echo(f"Workspace {made.settings.name} in {made.layout.folder}")


@workspace.command()
@common
def show() -> None:
    """Show which workspace is used, where it keeps things, and what goes on in it."""
    from jupyter_ml.cli.rendering import show_pairs

    found = open_workspace()
    info = found.supervisor.status()
    facts = {
        "name": found.settings.name,
        "description": found.settings.description,
        "folder": str(found.layout.folder),
        "database": found.settings.database or str(found.layout.database),
        "tracking_uri": found.tracking_uri,
        "artifacts": found.settings.artifacts or str(found.layout.artifacts),
        "supervisor": f"process {info.pid}, version {info.version}" if info else "not running",
        "jobs": {str(state): count for state, count in found.jobs.counts().items()},
    }
    show_pairs(facts, {**facts, "jobs": "  ".join(f"{state} {count}" for state, count in found.jobs.counts().items())})
