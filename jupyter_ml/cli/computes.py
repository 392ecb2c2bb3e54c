# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml compute``."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.resources import FILE, VALUES, read_resource, resource_group
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.names import COMPUTE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.schemas.computes import ComputeInfo
    from jupyter_ml.services.workspace import Workspace

__all__ = ["compute"]

POLL_S = 0.2

NAME = click.argument("name")
WAIT = click.option("--no-wait", is_flag=True, help="Do not wait until it is done.")


def _render(workspace: Workspace, item: ComputeInfo) -> None:
    from jupyter_ml.cli.rendering import render_details
    from jupyter_ml.schemas.compute_text import details

    queue = workspace.computes.queue(item.name)
    right = {"right estimates": f"{queue.right_estimates} of the last {queue.estimates}"} if queue.estimates else {}
    render_details(item, details(item) | right)


compute = resource_group(COMPUTE, show=_render)


@compute.command()
@FILE
@VALUES
@WAIT
@common
def create(file: Path | None, values: tuple[str, ...], no_wait: bool) -> None:
    """Create one compute and start it, from a YAML file, from options or from both."""
    from jupyter_ml.schemas.fields import located

    workspace = open_workspace()
    computes = workspace.computes
    spec = read_resource(computes.kind.spec, file, values)
    with located(file):
        created = computes.create(spec)
    _finish(workspace, created, no_wait)


@compute.command()
@FILE
@VALUES
@WAIT
@common
def attach(file: Path | None, values: tuple[str, ...], no_wait: bool) -> None:
    """Attach one existing machine, from a YAML file, from options or from both."""
    from jupyter_ml.schemas.computes import ComputeCreate
    from jupyter_ml.schemas.fields import located

    workspace = open_workspace()
    computes = workspace.computes
    spec = read_resource(ComputeCreate, file, values)
    with located(file):
        _require_attached(spec.type)
        created = computes.create(spec)
    _finish(workspace, created, no_wait)


@compute.command()
@NAME
@common
def detach(name: str) -> None:
    """Detach a machine on which no jobs run: end what runs there, and remove what was added to it."""
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.errors import NotFoundError
    from jupyter_ml.schemas.compute_states import ComputeState

    computes = open_workspace().computes
    found = computes.get(name)
    _require_attached(found.type)
    if found.state is ComputeState.FAILED:
        echo(f"{name}: {found.message}; if it cannot be reached, what was added to it stays there", err=True)
    computes.delete(name)
    with suppress(NotFoundError):
        while computes.get(name):
            time.sleep(POLL_S)
    echo_result(found, f"{name}: detached")


@compute.command()
@NAME
@WAIT
@common
def start(name: str, no_wait: bool) -> None:
    """Start a compute."""
    _request(lambda workspace: workspace.computes.start(name), no_wait)


@compute.command()
@NAME
@WAIT
@common
def stop(name: str, no_wait: bool) -> None:
    """Stop a compute on which no jobs run; its files stay."""
    _request(lambda workspace: workspace.computes.stop(name), no_wait)


@compute.command()
@NAME
@WAIT
@common
def restart(name: str, no_wait: bool) -> None:
    """Restart a compute on which no jobs run."""
    _request(lambda workspace: workspace.computes.restart(name), no_wait)


@compute.command()
@NAME
@click.option("--hours", type=float, help="Show how busy it was in these last hours.")
@common
def usage(name: str, hours: float | None) -> None:
    """Show how busy a compute is, or was."""
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.schemas.compute_text import hours_query, series_text, usage_text

    computes = open_workspace().computes
    if hours is not None:
        series = computes.usage_series(name, hours_query(hours))
        echo_result(series, series_text(series) or f"{name}: not measured in that time")
        return
    found = computes.usage(name)
    echo_result(found, usage_text(name, found))


@compute.command()
@NAME
@common
def logs(name: str) -> None:
    """Show the end of the log of a compute."""
    from jupyter_ml.cli.rendering import echo_result

    found = open_workspace().computes.logs(name)
    echo_result(found, "\n".join(found.lines) or f"{name}: its log is empty")


def _require_attached(kind: str) -> None:
    from jupyter_ml.schemas.computes import ComputeCreate

    if not getattr(ComputeCreate.variant({"type": kind}), "attached", False):
        raise InvalidInputError(f"type: a compute of type {kind!r} is created and deleted, not attached", field="type")


@compute.command("list-nodes")
@NAME
@common
def list_nodes(name: str) -> None:
    """List the nodes of a cluster with their states."""
    from jupyter_ml.cli.rendering import echo_result

    found = open_workspace().computes.nodes(name)
    lines = [
        f"{each.id or each.name}  {each.state:<10}  {each.host or '-'}  {each.jobs} jobs, {each.kernels} kernels"
        f"{f'  {each.message}' if each.message else ''}"
        for each in found.nodes
    ]
    notes = [
        *([found.message] if found.message else []),
        *([f"Dashboard: {found.dashboard}"] if found.dashboard else []),
    ]
    echo_result(found, "\n".join([*(lines or [f"{name}: no nodes"]), *notes]))


def _request(request: Callable[[Workspace], ComputeInfo], no_wait: bool) -> None:
    workspace = open_workspace()
    _finish(workspace, request(workspace), no_wait)


def _finish(workspace: Workspace, item: ComputeInfo, no_wait: bool) -> None:
    """Wait until a request is carried out or has failed, and print the state."""
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.errors import UnavailableError
    from jupyter_ml.schemas.compute_states import ComputeState

    if item.is_changing and not no_wait:
        echo(f"{item.name}: {item.state}...", err=True)
        while item.is_changing:
            time.sleep(POLL_S)
            item = workspace.computes.get(item.name)
    if item.state is ComputeState.FAILED:
        raise UnavailableError(f"compute {item.name!r} has failed: {item.message}")
    echo_result(item, f"{item.name}: {item.state}")
