# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Things made readable, for people as tables and for scripts as JSON or YAML."""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.schemas.escaping import has_hidden, json_text, visible
from jupyter_ml.services.formatting import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic import BaseModel
    from rich.console import Console

__all__ = ["console", "say", "say_each", "show_items", "show_pairs", "show_table", "state_text"]

PIPE_WIDTH = 240
"""Columns of a table that no terminal limits."""

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
    """Return where tables go."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def show_items(items: Sequence[BaseModel], columns: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> None:
    """Show a list of things: as a table of `rows`, or the things themselves."""
    if output_format() != "table":
        _dump([item.model_dump(mode="json") for item in items])
    else:
        _print_table(columns, list(rows), empty)


def show_table(thing: BaseModel, columns: Sequence[str], rows: Sequence[Sequence[Any]], empty: str) -> None:
    """Show one thing that reads as a list: as a table of `rows`, or the thing itself."""
    if output_format() != "table":
        _dump(thing.model_dump(mode="json"))
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


def show_pairs(thing: BaseModel | dict[str, Any] | None, pairs: dict[str, Any]) -> None:
    """Show one thing: as names and values, or the thing itself."""
    if output_format() != "table":
        _dump(thing if thing is None or isinstance(thing, dict) else thing.model_dump(mode="json"))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        if value not in (None, "", {}, []):
            table.add_row(name, value if isinstance(value, Text) else Text(visible(str(value), lines=True)))
    console().print(table)


def say(thing: BaseModel | dict[str, Any], words: str) -> None:
    """Say what was done: in words, or as the thing that it was done to."""
    if output_format() == "table":
        echo(words)
    else:
        show_pairs(thing, {})


def say_each(done: Iterable[tuple[BaseModel | dict[str, Any], str]]) -> None:
    """Say what was done to several things: each in words as soon as it is done, or all of them as a list."""
    if output_format() == "table":
        for _, words in done:
            echo(words)
    else:
        _dump([thing if isinstance(thing, dict) else thing.model_dump(mode="json") for thing, _ in done])


def _dump(data: Any) -> None:
    if output_format() == "json":
        echo(json_text(json.dumps(data, indent=2, ensure_ascii=False)))
        return
    from jupyter_ml.schemas.yaml import dump

    text = dump(data)
    echo(dump(data, ascii_only=True) if has_hidden(text) else text, end="")


def state_text(state: str) -> Any:
    """Return a state with its sign, coloured."""
    from rich.text import Text

    return Text(f"{SIGNS[state]} {state}", style=_STYLES.get(state, "default"))
