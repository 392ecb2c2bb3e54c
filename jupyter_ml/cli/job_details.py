# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Show one job on the terminal: its details, and why it failed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.rendering import render_details, state_text
from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.command_job import CommandJob
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.formatting import duration, elapsed_s, number, queue_text

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.workspace import Workspace

__all__ = ["render_job"]

TRACEBACK_LINES = 30


def render_job(workspace: Workspace, job: Job) -> None:
    """Render the details of a job and the paths of its results."""
    metrics = "  ".join(f"{name} {number(value)}" for name, value in sorted(job.metrics.items()))
    parameters = "  ".join(f"{name} {decode(value)}" for name, value in job.parameters.items())
    cells = f"{job.progress.cells_done} of {job.progress.cells_total}" if job.progress.cells_total else ""
    render_details(
        job,
        {
            "name": job.name,
            "display name": job.display_name if job.display_name != job.name else "",
            "state": state_text(job.state),
            "queue": queue_text(workspace.jobs.queue_position(job.name), job.compute),
            "source": job.source,
            "experiment": job.experiment_name,
            "description": job.description,
            "tags": "  ".join(f"{name}={value}" for name, value in job.tags.items() if not name.startswith("mlflow.")),
            "compute": _compute(workspace, job),
            "processes": _processes(job),
            "attempt": f"{job.attempt} of {job.retries + 1}" if job.retries else "",
            "created": job.created_at,
            "duration": duration(elapsed_s(job)),
            "cells": cells,
            "parameters": parameters,
            "metrics": metrics,
            "run": job.run_id,
            "parent": job.parent,
            "link": workspace.servers.link("job", job.name),
            **{
                f"service {each.name}": f"{each.status}  {each.url or each.path}"
                for each in workspace.jobs.services(job.name)
            },
            **_paths(workspace, job),
        },
    )
    if output_format() == "table":
        _show_request(job)
        _show_gone(workspace, job)
        _show_warnings(job)
        if job.cause is not None:
            _show_cause(job)


def _compute(workspace: Workspace, job: Job) -> str | None:
    """Return the name of the compute, and what is wrong with it while the job does not respond."""
    if job.state is JobState.NOT_RESPONDING and job.compute is not None:
        with suppress(NotFoundError):
            if message := workspace.computes.get(job.compute).message:
                return f"{job.compute} ({message})"
    return job.compute


def _processes(job: Job) -> str:
    spec = job.spec
    if not isinstance(spec, CommandJob) or spec.distribution is None:
        return ""
    nodes = spec.resources.instance_count
    where = f" on {nodes} nodes" if nodes > 1 else ""
    return f"{spec.distribution.total(nodes)} ({spec.distribution.type}){where}"


def _paths(workspace: Workspace, job: Job) -> dict[str, Any]:
    try:
        folder = workspace.jobs.folder(job.name)
    except (ConflictError, NotFoundError):  # the job has no directory, not yet or not any more
        return {}
    names = {
        folder.output: "notebook",
        folder.stored_outputs: "outputs",
        folder.stored_files: "files",
        folder.std_log: "log",
        folder.process_logs: "process logs",
        folder.packages: "packages",
    }
    return {names[path]: path for path in folder.results()}


def _show_request(job: Job) -> None:
    request = job.request
    if request is None:
        return
    echo(f"{request.kind} requested at {request.requested_at:%Y-%m-%d %H:%M:%S} UTC", colour="yellow", err=True)
    if request.error:
        retry = f"; next attempt at {request.retry_at:%H:%M:%S} UTC" if request.retry_at else ""
        echo(f"the request has failed {request.attempts} times{retry}: {request.error}", colour="red", err=True)
        echo(f"To withdraw the request: jupyter ml job withdraw {job.name}", err=True)


def _show_gone(workspace: Workspace, job: Job) -> None:
    if gone := workspace.jobs.gone(job.name):
        echo(gone, colour="yellow", err=True)


def _show_warnings(job: Job) -> None:
    for warning in job.warnings:
        echo(f"warning: {warning.message}", colour="yellow", err=True)
        if warning.hint:
            echo(warning.hint, err=True)


def _show_cause(job: Job) -> None:
    assert job.cause is not None
    cause = job.cause
    echo()
    echo(cause.message, colour="yellow" if job.state == "Canceled" else "red", err=True)
    if cause.cell_source:
        echo("\n".join(f"    {line}" for line in cause.cell_source.splitlines()[:TRACEBACK_LINES]), err=True)
    if cause.exception:
        echo(f"{cause.exception}: {cause.value}", err=True)
    if cause.hint:
        echo(cause.hint, err=True)
