# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Watch a job on the terminal: its progress, output and metrics while it runs, a summary at the end."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.cli.exit_codes import ABORTED, job_exit_code
from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.rendering import console, render_details, state_text
from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.command_job import CommandJob
from jupyter_ml.schemas.escaping import overwritten, program_text, visible
from jupyter_ml.schemas.event_log import INJECTED, CellStarted, Log, Output
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.formatting import (
    bar,
    duration,
    elapsed_s,
    left,
    left_s,
    number,
    output_text,
    place,
    queue_text,
)
from jupyter_ml.services.jobs.stream import RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from jupyter_ml.services.workspace import Workspace

__all__ = ["render_job", "watch"]

TRACEBACK_LINES = 30
RESET = "\x1b[0m"
"""Resets the colors of a program's output, so that they do not leak into our own."""


def watch(workspace: Workspace, name: str) -> int:
    """Follow a job to its end, show its results, and return the exit code of its final state."""
    job = workspace.jobs.get(name)
    try:
        with _Screen() as screen:
            for item in workspace.jobs.stream(name):
                if isinstance(item, Job):
                    job = item
                screen.show(item)
    except KeyboardInterrupt:
        echo(
            f"\nThe job continues in the background. To watch it: jupyter ml job stream {name}; "
            f"to cancel it: jupyter ml job cancel {name}",
            err=True,
        )
        return ABORTED
    render_job(workspace, job)
    return job_exit_code(job) if job.state in FINAL else 0


class _Screen:
    """Print output as plain text; on a terminal, with a status line below it."""

    def __init__(self) -> None:
        self._run = RunState()
        self._quiet = output_format() != "table"
        self._live = sys.stdout.isatty() and not self._quiet
        self._job: Job | None = None
        self._state = ""
        self._noted_at = datetime.min.replace(tzinfo=UTC)
        self._partial_line = ""
        self._status: Any = console().status(_LiveText(self._progress)) if self._live else nullcontext()

    def __enter__(self) -> Self:
        self._status.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._end_line()
        self._status.__exit__(None, None, None)

    def show(self, item: Any) -> None:
        """Print a change of the job or an event of its event log."""
        if self._quiet:
            return
        if isinstance(item, Job):
            self._show_change(item)
            return
        self._run.apply(item)
        if self._job is not None and self._job.state is JobState.PREPARING and isinstance(item, CellStarted | Log):
            self._show_state(JobState.RUNNING, self._job, datetime.fromtimestamp(item.time, UTC))  # not stored yet
        match item:
            case CellStarted() if item.cell != INJECTED:
                self._note(self._cell(), datetime.fromtimestamp(item.time, UTC))
            case Output():
                self._write(output_text(item.output))
            case Log():
                self._write(item.text)

    def _cell(self) -> str:
        return place(self._run.progress)

    def _show_change(self, job: Job) -> None:
        previous, self._job = self._job, job
        self._show_state(job.state, job, _changed_at(job, is_first=previous is None))
        if previous is not None and job.metrics != previous.metrics:
            changed = {key: value for key, value in job.metrics.items() if previous.metrics.get(key) != value}
            self._note("  ".join(f"{key} {number(value)}" for key, value in changed.items()), now())

    def _show_state(self, state: JobState, job: Job, time: datetime) -> None:
        attempt = f" (attempt {job.attempt} of {job.retries + 1})" if job.attempt > 1 else ""
        previous, self._state = self._state, f"{state}{attempt}"
        if self._state != previous:
            self._note(self._state, time)

    def _note(self, text: str, time: datetime) -> None:
        """Print a change with its time, where there is no status line to show it.

        No time is before that of the previous line: the clock of another machine may differ, and a job has ended before
        its results are stored.
        """
        self._noted_at = time = max(time, self._noted_at)
        if not self._live:
            self._end_line()
            echo(f"[{_local(time)}] {visible(text)}")

    def _write(self, text: str) -> None:
        """Print complete lines only, so that the status line and notes do not interrupt a line."""
        lines, newline, self._partial_line = overwritten(self._partial_line + text).rpartition("\n")
        if not newline:
            return
        text = program_text(lines, colours=self._live)
        if self._live:
            console().out(f"{text}{RESET}" if "\x1b" in text else text, highlight=False)
        else:
            echo(text)

    def _end_line(self) -> None:
        if self._partial_line:
            self._write("\n")

    def _progress(self) -> str:
        job = self._job
        if job is None:
            return ""
        parts = [str(job.state)]
        if self._run.progress.cells_total:
            parts.append(self._cell())
        if shown := bar(self._run.progress):
            parts.append(shown)
        if job.started_at is not None:
            parts.append(duration(elapsed_s(job)))
        if (seconds := left_s(job)) is not None:
            parts.append(left(seconds))
        parts += [f"{key} {number(value)}" for key, value in list(job.metrics.items())[:4]]
        if job.usage is not None:
            parts.append(f"{job.usage.memory_bytes / 1e6:.0f} MB")
        return " · ".join(parts)


def _changed_at(job: Job, *, is_first: bool) -> datetime:
    """Return when a job got its state: now for a change that was seen, else what the job knows of it."""
    if job.state in FINAL:
        return job.ended_at or now()
    known = job.started_at or job.created_at
    return known if is_first else now()


def _local(time: datetime) -> str:
    """Return a time of this machine's time zone, with the date if that is not today's."""
    local, today = time.astimezone(), now().astimezone().date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M:%S}"


class _LiveText:
    """Text that is computed at each refresh of the terminal, because it contains durations."""

    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text

    def __rich__(self) -> Any:
        from rich.text import Text

        return Text(visible(self._text()))


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
