# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml lineage``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.printing import echo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.lineage import Lineage, LineageNode

__all__ = ["lineage"]

_UP = {"input": "input", "environment": "environment", "read": "read", "output": "made by"}
_DOWN = {"input": "input of", "environment": "environment of", "read": "read by", "output": "made"}


@click.command()
@click.argument("reference", metavar="REFERENCE", required=False)
@click.option("--up", is_flag=True, help="Show only what it came from.")
@click.option("--down", is_flag=True, help="Show only what uses it.")
@click.option("--depth", type=click.IntRange(1, 10), default=2, show_default=True, help="Steps away from it.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=200, show_default=True, help="Number of nodes.")
@click.option("--export", is_flag=True, help="Print the whole lineage as events of OpenLineage, one a line.")
@common
def lineage(reference: str | None, *, up: bool, down: bool, depth: int, limit: int, export: bool) -> None:
    """Show what a job or an asset came from, and what uses it.

    REFERENCE is the name of a job, or azureml:NAME:VERSION.
    """
    from jupyter_ml.cli.rendering import echo_result

    service = open_workspace().lineage
    if export == (reference is not None):
        raise click.UsageError("give either REFERENCE or --export")
    if export:
        for event in service.export():
            echo(json.dumps(event))
        return
    found = service.get(reference or "", up=up or not down, down=down or not up, depth=depth, limit=limit)
    echo_result(found, "\n".join(_lines(found, up=up or not down, down=down or not up)))


def _lines(found: Lineage, *, up: bool, down: bool) -> Iterator[str]:
    nodes = {node.id: node for node in found.nodes}
    yield _title(nodes[found.id])
    if up:
        yield "Came from:"
        yield from _tree(found, nodes, found.id, upwards=True, seen={found.id}) or ["  nothing"]
    if down:
        yield "Used by:"
        yield from _tree(found, nodes, found.id, upwards=False, seen={found.id}) or ["  nothing"]


def _tree(
    found: Lineage, nodes: dict[str, LineageNode], start: str, *, upwards: bool, seen: set[str], indent: str = "  "
) -> list[str]:
    lines, others = [], set()
    for edge in found.edges:
        near, far = (edge.target, edge.source) if upwards else (edge.source, edge.target)
        if near != start:
            continue
        others.add(far)
        role = (_UP if upwards else _DOWN)[edge.role] + (f" {edge.label}" if edge.label else "")
        lines.append(f"{indent}{role}: {_title(nodes[far])}{' (see above)' if far in seen else ''}")
        if far not in seen:
            seen.add(far)
            lines += _tree(found, nodes, far, upwards=upwards, seen=seen, indent=f"{indent}  ")
    more = (nodes[start].sources if upwards else nodes[start].targets) - len(others)
    return [*lines, f"{indent}and {more:,} more"] if more else lines


def _title(node: LineageNode) -> str:
    notes = [note for note in (node.state, "deleted" if node.deleted else "") if note]
    return f"{node.kind} {node.title}" + (f" ({', '.join(notes)})" if notes else "")
