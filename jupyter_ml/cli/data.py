# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml data``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.schemas.names import DATA

if TYPE_CHECKING:
    from jupyter_ml.schemas.data_view import ColumnProfile

__all__ = ["data"]

data = resource_group(DATA)

REFERENCE = click.argument("reference", metavar="PATH|REFERENCE")


@data.command()
@click.argument("name", metavar="NAME[:VERSION|@LABEL]")
@common
def check(name: str) -> None:
    """Check whether the files of a data asset are still those that were registered."""
    from jupyter_ml.cli.rendering import echo_result

    result = open_workspace().data.check(name)
    detail = f": {result.detail}" if result.detail else f" (compared by {result.trust})"
    echo_result(result, f"{result.name}:{result.version}: {result.state}{detail}")


@data.command()
@REFERENCE
@click.option("--rows", "limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="Number of rows.")
@click.option("--offset", type=click.IntRange(0, 2**62), default=0, help="Number of the first row.")
@common
def preview(reference: str, limit: int, offset: int) -> None:
    """Show rows of a data file, of the files of a directory, or of a data asset."""
    from jupyter_ml.cli.rendering import render_table
    from jupyter_ml.schemas.data_view import extent_text

    found = open_workspace().data.rows(reference, offset=offset, limit=limit)
    render_table(
        found,
        [column.name for column in found.columns],
        [["" if value is None else str(value) for value in row] for row in found.rows],
        "No rows.",
    )
    for line in (extent_text(found), *found.format.notes):
        echo(line, err=True)


@data.command()
@REFERENCE
@click.option("--exact/--sample", default=True, help="Read all rows, or only the first ones.  [default: exact]")
@common
def profile(reference: str, exact: bool) -> None:
    """Describe the columns of a data file, of the files of a directory, or of a data asset."""
    from jupyter_ml.cli.rendering import render_table
    from jupyter_ml.schemas.data_view import basis_text

    found = open_workspace().data.profile(reference, exact=exact)
    render_table(
        found,
        ["column", "type", "empty>", "distinct>", "minimum>", "maximum>", "mean>", "most frequent"],
        [_profile_row(column) for column in found.columns],
        "No columns.",
    )
    if found.columns:
        echo(f"Computed from {basis_text(found.columns[0].basis)}.", err=True)


def _profile_row(column: ColumnProfile) -> list[str]:
    distinct = "" if column.distinct is None else f"{'' if column.distinct_exact else '~'}{column.distinct:,}"
    top = ", ".join(f"{each.value} ({each.count:,})" for each in column.top[:3])
    mean = "" if column.mean is None else f"{column.mean:.6g}"
    cells = [column.nulls, column.minimum, column.maximum]
    nulls, minimum, maximum = ("" if value is None else str(value) for value in cells)
    return [column.name, column.type, nulls, distinct, minimum, maximum, mean, top]
