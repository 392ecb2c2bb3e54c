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
    from datetime import datetime

    from jupyter_ml.schemas.data_cache import CacheEntry
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
@click.option("--prune", is_flag=True, help="Remove the copies that no job uses.")
@common
def cache(prune: bool) -> None:
    """Show the copies of data on other machines that jobs have read, or remove them."""
    from jupyter_ml.cli.rendering import render_table

    service = open_workspace().data
    found = service.prune_cache() if prune else service.cache()
    render_table(
        found,
        ["location", "files>", "bytes>", "last used", "state"],
        [
            [each.location, _number(each.files), _number(each.bytes), _short(each.used_at), _state(each)]
            for each in found.items
        ],
        "No copies.",
    )
    if prune:
        echo(f"Removed {found.bytes:,} bytes.", err=True)


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _short(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def _state(entry: CacheEntry) -> str:
    return "in use" if entry.in_use else "complete" if entry.complete else "incomplete"


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
    for column in found.columns:
        if column.not_numbers:
            echo(f"{column.name}: {column.not_numbers:,} of the values are not {column.type}.", err=True)
    for note in found.format.notes:
        echo(note, err=True)


def _profile_row(column: ColumnProfile) -> list[str]:
    distinct = "" if column.distinct is None else f"{'' if column.distinct_exact else '~'}{column.distinct:,}"
    top = ", ".join(f"{each.value} ({each.count:,})" for each in column.top[:3])
    mean = "" if column.mean is None else f"{column.mean:.6g}"
    cells = [column.nulls, column.minimum, column.maximum]
    nulls, minimum, maximum = ("" if value is None else str(value) for value in cells)
    return [column.name, column.type, nulls, distinct, minimum, maximum, mean, top]
