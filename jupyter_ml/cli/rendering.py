# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Render results as tables for people, and as JSON or YAML for scripts."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.schemas.escaping import has_hidden, json_text, visible
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.formatting import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic import BaseModel
    from rich.console import Console

    from jupyter_ml.schemas.kinds import Column
    from jupyter_ml.schemas.resources import Resource

__all__ = [
    "console",
    "echo_result",
    "echo_results",
    "render_details",
    "render_list",
    "render_resources",
    "render_table",
    "state_text",
]

PIPE_WIDTH = 240
"""Width of a table that is not written to a terminal, in characters."""

_STYLES = {
    "Preparing": "cyan",
    "Running": "cyan",
    "Finalizing": "cyan",
    "CancelRequested": "yellow",
    "Completed": "green",
    "Failed": "red",
    "Canceled": "bright_black",
    "NotResponding": "yellow",
}


@cache
def console() -> Console:
    """Return the console that tables are printed to."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def render_list(items: Sequence[BaseModel], columns: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> None:
    """Render resources: as a table of `rows`, or as a JSON or YAML list of `items`."""
    if output_format() != "table":
        _dump([item.model_dump(mode="json") for item in items])
    else:
        _print_table(columns, list(rows), empty)


def render_resources(items: Sequence[Resource], columns: Sequence[Column[Any]], empty: str) -> None:
    """Render resources with the columns of their kind, or as a JSON or YAML list."""
    headings = [column.title + (">" if column.align == "right" else "") for column in columns]
    rows = ([_cell(column, item) for column in columns] for item in items)
    render_list(items, headings, rows, empty)


def _cell(column: Column[Any], item: Any) -> Any:
    text, state = column.cell(item), getattr(item, "state", None)
    return _in_color(text, state) if column.title == "state" and isinstance(state, JobState) else text


def render_table(item: BaseModel, columns: Sequence[str], rows: Sequence[Sequence[Any]], empty: str) -> None:
    """Render one object that contains a list: as a table of `rows`, or as a JSON or YAML object."""
    if output_format() != "table":
        _dump(item.model_dump(mode="json"))
    else:
        _print_table(columns, rows, empty)


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], empty: str) -> None:
    if not rows:
        echo(empty)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        name = Text(visible(column.removesuffix(">")))
        table.add_column(name, justify="right" if column.endswith(">") else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(visible(cell)) for cell in row))
    console().print(table)


def render_details(item: BaseModel | dict[str, Any] | None, pairs: dict[str, Any]) -> None:
    """Render one resource: as names and values, or as a JSON or YAML object."""
    if output_format() != "table":
        _dump(item if item is None or isinstance(item, dict) else item.model_dump(mode="json"))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        if value not in (None, "", {}, []):
            table.add_row(name, value if isinstance(value, Text) else Text(visible(_detail(value), lines=True)))
    console().print(table)


def _detail(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | dict | list) else str(value)


def echo_result(item: BaseModel | dict[str, Any], message: str) -> None:
    """Report the result of an operation: as a message, or as the resource in JSON or YAML."""
    if output_format() == "table":
        echo(message)
    else:
        render_details(item, {})


def echo_results(results: Iterable[tuple[BaseModel | dict[str, Any], str]]) -> None:
    """Report the results of an operation: each as a message when it is done, or all as a JSON or YAML list."""
    if output_format() == "table":
        for _, message in results:
            echo(message)
    else:
        _dump([item if isinstance(item, dict) else item.model_dump(mode="json") for item, _ in results])


def _dump(data: Any) -> None:
    if output_format() == "json":
        echo(json_text(json.dumps(data, indent=2, ensure_ascii=False)))
        return
    from jupyter_ml.schemas.yaml import dump

    text = dump(data)
    echo(dump(data, ascii_only=True) if has_hidden(text) else text, end="")


def state_text(state: str) -> Any:
    """Return a state with its symbol, in its color."""
    return _in_color(f"{SIGNS[state]} {state}", state)


def _in_color(text: str, state: str) -> Any:
    from rich.text import Text

    return Text(visible(text), style=_STYLES.get(state, "default"))
