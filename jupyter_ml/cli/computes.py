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
from jupyter_ml.schemas.names import COMPUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.schemas.computes import ComputeInfo
    from jupyter_ml.schemas.series import ComputeSeries
    from jupyter_ml.services.workspace import Workspace

__all__ = ["compute"]

POLL_S = 0.2
BARS = "▁▂▃▄▅▆▇█"

NAME = click.argument("name")
WAIT = click.option("--no-wait", is_flag=True, help="Do not wait until it is done.")


def _render(_workspace: Workspace, item: ComputeInfo) -> None:
    from jupyter_ml.cli.rendering import render_details

    common_fields = item.model_dump(
        mode="json", exclude={"settings", "archived", "request", "schedules_from", "created_at"}
    )
    shown = {**common_fields, "created_at": item.created_at, **item.settings}
    render_details(item, {key.replace("_", " "): value for key, value in shown.items()})


compute = resource_group(COMPUTE, show=_render)


@compute.command()
@FILE
@VALUES
@WAIT
@common
def create(file: Path | None, values: tuple[str, ...], no_wait: bool) -> None:
    """Create one compute and start it, from a YAML file, from options or from both."""
    workspace = open_workspace()
    computes = workspace.computes
    _finish(workspace, computes.create(read_resource(computes.kind.spec, file, values)), no_wait)


@compute.command()
@FILE
@VALUES
@WAIT
@common
def attach(file: Path | None, values: tuple[str, ...], no_wait: bool) -> None:
    """Attach one existing machine, from a YAML file, from options or from both."""
    from jupyter_ml.schemas.computes import ComputeCreate

    workspace = open_workspace()
    computes = workspace.computes
    spec = read_resource(ComputeCreate, file, values)
    _require_attached(spec.type)
    _finish(workspace, computes.create(spec), no_wait)


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
@click.option("--hours", type=click.FloatRange(0.02, 720), help="Show how busy it was in these last hours.")
@common
def usage(name: str, hours: float | None) -> None:
    """Show how busy a compute is, or was."""
    from jupyter_ml.cli.rendering import echo_result

    computes = open_workspace().computes
    if hours is not None:
        from jupyter_ml.schemas.queries import ComputeSeriesQuery

        series = computes.usage_series(name, ComputeSeriesQuery(seconds=max(60, int(hours * 3_600)), max_points=60))
        echo_result(series, "\n".join(_charts(series)) or f"{name}: not measured in that time")
        return
    found = computes.usage(name)
    used, total = (f"{count / 1024**2:,.0f} MB" for count in (found.memory_bytes, found.memory_total_bytes))
    lines = [f"{name}: {found.cpu_percent:.0f}% of {found.cpu_count} processors, {used} of {total}"]
    for gpu in found.gpus:
        used, total = (f"{count / 1024**2:,.0f} MB" for count in (gpu.memory_bytes, gpu.memory_total_bytes))
        busy = "" if gpu.percent is None else f"{gpu.percent:.0f}%, "
        lines.append(f"{gpu.id} {gpu.name}: {busy}{used} of {total}")
    echo_result(found, "\n".join(lines))


def _charts(series: ComputeSeries) -> Iterator[str]:
    """Yield a line for each measure, with a bar for each sample and the last value."""
    samples = series.samples
    if not samples:
        return
    gpu_memory = [_percent(each.gpu_memory_bytes, each.gpu_memory_total_bytes) for each in samples]
    measures = {
        "processors": [each.cpu_percent for each in samples],
        "memory": [_percent(each.memory_bytes, each.memory_total_bytes) for each in samples],
        "GPUs": [each.gpu_percent or 0.0 for each in samples]
        if any(each.gpu_percent is not None for each in samples)
        else [],
        "GPU memory": gpu_memory if any(gpu_memory) else [],
    }
    for title, values in measures.items():
        if values:
            bars = "".join(BARS[min(int(value / 100 * len(BARS)), len(BARS) - 1)] for value in values)
            yield f"{title:10} {bars} {values[-1]:.0f}%"
    counts = {"jobs": [each.jobs for each in samples], "kernels": [each.kernels for each in samples]}
    for title, values in counts.items():
        yield f"{title:10} {values[-1]:.0f} now, {max(values):.0f} at most"


def _percent(part: float, total: float) -> float:
    return 100 * part / total if total else 0.0


@compute.command()
@NAME
@common
def logs(name: str) -> None:
    """Show the end of the log of a compute."""
    from jupyter_ml.cli.rendering import echo_result

    found = open_workspace().computes.logs(name)
    echo_result(found, "\n".join(found.lines) or f"{name}: its log is empty")


def _require_attached(kind: str) -> None:
    from jupyter_ml.errors import InvalidInputError
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
