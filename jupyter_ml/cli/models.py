# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml model``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.resources import VALUES, render_resource, resource_group
from jupyter_ml.schemas.names import MODEL

if TYPE_CHECKING:
    from jupyter_ml.schemas.comparison import Difference
    from jupyter_ml.services.workspace import Workspace

__all__ = ["model"]

REFERENCE = click.argument("name", metavar="NAME[:VERSION|@ALIAS]")


def _show(workspace: Workspace, item: Any) -> None:
    from jupyter_ml.cli.options import output_format
    from jupyter_ml.cli.rendering import render_details

    render_resource(workspace, item)
    if output_format() != "table":
        return
    details = workspace.models.details(item.reference)
    signature = details.signature.model_dump(exclude_defaults=True) if details.signature else {}
    columns = {
        part: ", ".join(f"{each.get('name', '')} {each['type']}".strip() for each in found)
        for part, found in signature.items()
    }
    render_details(
        {},
        {
            "mlflow": details.mlflow_version,
            "python": details.python,
            "flavors ": ", ".join(f"{name} {version}".strip() for name, version in details.flavors.items()),
            **columns,
            "packages": ", ".join(details.packages),
            "input example": details.input_example and details.input_example[:500],
            "problem": details.problem,
        },
    )


model = resource_group(MODEL, hint="Register one: jupyter ml model register NAME --path DIRECTORY", show=_show)


@model.command()
@click.argument("name")
@click.option("--job", help="Job whose file or logged model it is.")
@click.option("--path", required=True, help="File or directory, of the job if one is given; models:/ and azureml: too.")
@VALUES
@common
def register(name: str, job: str | None, path: str, values: tuple[str, ...]) -> None:
    """Register what a job or a path has as the next version of the model NAME."""
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.schemas.fields import read_fields
    from jupyter_ml.schemas.models import ModelCreate
    from jupyter_ml.schemas.references import JobOutput

    place = path if job is None else str(JobOutput(job, "artifacts", path.strip("/")))
    spec = read_fields(ModelCreate, None, values, {"name": name, "path": place})
    item = open_workspace().models.create(spec)
    echo_result(item, f"{item.reference}: registered")


@model.command()
@REFERENCE
@click.argument("directory", type=click.Path(path_type=Path))
@common
def download(name: str, directory: Path) -> None:
    """Copy the files of a version into a new DIRECTORY."""
    from jupyter_ml.cli.rendering import echo_result

    target = open_workspace().models.download(name, directory)
    echo_result({"directory": str(target)}, f"{name}: copied to {target}")


@model.command()
@REFERENCE
@click.option(
    "--max-results", type=click.IntRange(1, 10_000), default=1_000, show_default=True, help="Number of files."
)
@common
def files(name: str, max_results: int) -> None:
    """List the files of a version."""
    from jupyter_ml.cli.rendering import render_table
    from jupyter_ml.schemas.queries import FileQuery
    from jupyter_ml.services.formatting import size

    found = open_workspace().models.files(name, FileQuery(limit=max_results))
    rows = [[item.path, "" if item.size_bytes is None else size(item.size_bytes)] for item in found.items]
    render_table(found, ["path", "size>"], rows, "No files.")
    if found.truncated:
        echo(f"There are more than {max_results:,} files: --max-results", err=True)
    for problem in found.problems:
        echo(problem, err=True, colour="yellow")


@model.command()
@click.argument("first", metavar="NAME[:VERSION|@ALIAS]")
@click.argument("second", metavar="NAME[:VERSION|@ALIAS]")
@click.option("--all", "equal", is_flag=True, help="Show what is equal too.")
@common
def compare(first: str, second: str, equal: bool) -> None:
    """Compare packages, flavors, signature, parameters and metrics of two versions."""
    from jupyter_ml.cli.rendering import render_table

    found = open_workspace().models.compare(first, second)
    parts = ("packages", "flavors", "signature", "parameters", "metrics")
    rows = [
        [part, row.name, _shown(row.first), _shown(row.second)]
        for part in parts
        for row in _rows(getattr(found, part), equal=equal)
    ]
    empty = "The files are equal." if found.same_content else "No differences in packages, flavors and signature."
    render_table(found, ["", "name", found.first.reference, found.second.reference], rows, empty)


def _rows(rows: list[Difference], *, equal: bool) -> list[Difference]:
    return [row for row in rows if equal or row.first != row.second]


def _shown(value: str | None) -> str:
    return "not there" if value is None else value
