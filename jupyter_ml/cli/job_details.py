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
    from collections.abc import Iterator

    from jupyter_ml.schemas.causes import Cause
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.workspace import Workspace

__all__ = ["render_job"]

TRACEBACK_LINES = 30


def render_job(workspace: Workspace, job: Job, *, err: bool = False) -> None:
    """Render the details of a job and the paths of its results, and why it failed: with `err`, to standard error."""
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
        for text, colour in _notes(workspace, job):
            echo(text, colour=colour, err=err)


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


def _notes(workspace: Workspace, job: Job) -> Iterator[tuple[str, str | None]]:
    """Yield what is to be known besides the details, with the color of each text: at the end, why the job failed."""
    if (request := job.request) is not None:
        yield f"{request.kind} requested at {request.requested_at:%Y-%m-%d %H:%M:%S} UTC", "yellow"
        if request.error:
            retry = f"; next attempt at {request.retry_at:%H:%M:%S} UTC" if request.retry_at else ""
            yield f"the request has failed {request.attempts} times{retry}: {request.error}", "red"
            yield f"To withdraw the request: jupyter ml job withdraw {job.name}", None
    if gone := workspace.jobs.gone(job.name):
        yield gone, "yellow"
    for warning in job.warnings:
        yield f"warning: {warning.message}", "yellow"
        if warning.hint:
            yield warning.hint, None
    if job.cause is not None:
        yield from _cause(job.cause, "yellow" if job.state is JobState.CANCELED else "red")


def _cause(cause: Cause, colour: str) -> Iterator[tuple[str, str | None]]:
    yield "", None
    yield cause.message, colour
    if cause.cell_source:
        yield "\n".join(f"    {line}" for line in cause.cell_source.splitlines()[:TRACEBACK_LINES]), None
    if cause.exception:
        yield f"{cause.exception}: {cause.value}", None
    if cause.hint:
        yield cause.hint, None
