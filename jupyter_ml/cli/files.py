# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml job files`` and ``models``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.printing import echo

if TYPE_CHECKING:
    from jupyter_ml.schemas.files import JobFiles

__all__ = ["files", "models"]


@click.command()
@click.argument("name")
@click.argument("path", default="")
@click.option("--recursive/--no-recursive", "-r", default=True, show_default=True, help="List files of directories.")
@click.option(
    "--max-results", type=click.IntRange(1, 10_000), default=1_000, show_default=True, help="Maximum number of files."
)
@common
def files(name: str, path: str, recursive: bool, max_results: int) -> None:
    """List the files of a job, its artifacts, and what it wrote outside of its outputs; or the directory PATH."""
    from jupyter_ml.cli.rendering import render_table
    from jupyter_ml.schemas.queries import FileQuery
    from jupyter_ml.services.jobs.file_table import FileTable

    query = FileQuery(path=path, recursive=recursive, limit=max_results)
    found = open_workspace().files.list(name, query)
    rows = [[*row, ""] for row in FileTable(found).rows()]
    render_table(found, ["path", "size>", "modified>", ""], [*rows, *_outside(found)], "No files.")
    if found.truncated:
        echo(f"There are more than {max_results:,} files: --max-results", err=True)
    for problem in found.problems:
        echo(problem, err=True, colour="yellow")


def _outside(found: JobFiles) -> list[list[str]]:
    from jupyter_ml.services.formatting import size

    gone = [item for item in found.outside.items if not item.kept] if found.outside else []
    return [[item.path, size(item.size_bytes), "", "not kept" if item.new else "change not kept"] for item in gone]


@click.command()
@click.argument("name")
@common
def models(name: str) -> None:
    """List the models that a job has logged with MLflow."""
    from jupyter_ml.cli.rendering import render_list
    from jupyter_ml.services.formatting import size

    found = open_workspace().runs.models(name).items
    rows = [
        [
            model.name,
            ", ".join(flavor for flavor in model.flavors if flavor != "python_function"),
            "" if model.size_bytes is None else size(model.size_bytes),
            model.uri,
            model.problem or "",
        ]
        for model in found
    ]
    render_list(found, ["model", "flavor", "size>", "uri", ""], rows, "No models.")
