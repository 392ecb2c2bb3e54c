"""Things made readable, for people as tables and for scripts as JSON or YAML."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from jupyter_ml.cli.options import output_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic import BaseModel
    from rich.console import Console

    from jupyter_ml.schemas.jobs import Job

__all__ = ["age", "console", "duration", "number", "show_items", "show_pairs", "state_text", "summary"]

PIPE_WIDTH = 240
"""Columns of a table that no terminal limits."""

_STATES = {
    "Queued": ("○", "default"),
    "NotStarted": ("○", "default"),
    "Preparing": ("◐", "cyan"),
    "Running": ("◐", "cyan"),
    "Finalizing": ("◐", "cyan"),
    "CancelRequested": ("◐", "yellow"),
    "Completed": ("●", "green"),
    "Failed": ("✕", "red"),
    "Canceled": ("-", "bright_black"),
    "NotResponding": ("▲", "yellow"),
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
        return
    if not items:
        click.echo(empty)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        name, _, right = column.partition(">")
        table.add_column(name, justify="right" if right or column.endswith(">") else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def show_pairs(thing: BaseModel | dict[str, Any], pairs: dict[str, Any]) -> None:
    """Show one thing: as names and values, or the thing itself."""
    if output_format() != "table":
        _dump(thing if isinstance(thing, dict) else thing.model_dump(mode="json"))
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        if value not in (None, "", {}, []):
            table.add_row(name, value if isinstance(value, Text) else Text(str(value)))
    console().print(table)


def _dump(data: Any) -> None:
    if output_format() == "json":
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    import yaml

    click.echo(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), nl=False)


def state_text(state: str) -> Any:
    """Return a state with its sign, coloured."""
    from rich.text import Text

    sign, style = _STATES[state]
    return Text(f"{sign} {state}", style=style)


def number(value: float) -> str:
    """Return a number with four significant digits, whole numbers as they are."""
    return f"{int(value)}" if value == int(value or 0) and abs(value) < 1e15 else f"{value:.4g}"


def duration(seconds: float | None) -> str:
    """Return seconds in the largest two units."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def age(moment: datetime | None) -> str:
    """Return how long ago a moment was."""
    return f"{duration((datetime.now(UTC) - moment).total_seconds())} ago" if moment else ""


def summary(job: Job) -> str:
    """Return the one fact about a job that matters now: its cause, its progress or its metrics."""
    if job.cause is not None:
        return " ".join(job.cause.short.split())[:80]
    if job.metrics and job.ended_at:
        return "  ".join(f"{name} {number(value)}" for name, value in list(job.metrics.items())[:3])
    if job.progress.cells_total and not job.ended_at:
        return f"cell {min(job.progress.cells_done + 1, job.progress.cells_total)}/{job.progress.cells_total}"
    return ""
