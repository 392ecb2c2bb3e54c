# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job on the terminal while it runs: progress, output and metrics as they come, a summary at the end."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from jupyter_ml.cli.exits import ABORTED, job_exit_code
from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.rendering import console, show_pairs, state_text
from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.escaping import overwritten, program_text, visible
from jupyter_ml.schemas.event_log import INJECTED, CellStarted, ExecutorStarted, Log, Output
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.formatting import duration, elapsed_s, left, number, output_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from jupyter_ml.services.workspace import Workspace

__all__ = ["show_job", "watch"]

TRACEBACK_LINES = 30
RESET = "\x1b[0m"
"""Ends the colours of a program; else they would go on in what is ours."""


def watch(workspace: Workspace, name: str) -> int:
    """Follow a job to its end, show what came of it, and return the exit code that says how it ended."""
    job = workspace.jobs.get(name)
    try:
        with _Screen() as screen:
            for item in workspace.jobs.stream(name):
                if isinstance(item, Job):
                    job = item
                screen.show(item)
    except KeyboardInterrupt:
        echo(
            f"\nThe job goes on without you. Watch it again: jupyter ml job stream {name}; "
            f"end it: jupyter ml job cancel {name}",
            err=True,
        )
        return ABORTED
    show_job(workspace, job)
    return job_exit_code(job) if job.state in FINAL else 0


class _Screen:
    """Output goes by as plain text; on a terminal a line below it says how far the job is."""

    def __init__(self) -> None:
        self._cells = self._started = 0
        self._quiet = output_format() != "table"
        self._live = sys.stdout.isatty() and not self._quiet
        self._job: Job | None = None
        self._begun = ""
        self._status: Any = console().status(_Ticking(self._progress)) if self._live else nullcontext()

    def __enter__(self) -> Self:
        self._status.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._end_line()
        self._status.__exit__(None, None, None)

    def show(self, item: Any) -> None:
        """Show a change of the job or an event of its event log."""
        if self._quiet:
            return
        match item:
            case Job():
                self._show_change(item)
            case ExecutorStarted():
                self._cells, self._started = sum(cell != INJECTED for cell in item.cells), 0
            case CellStarted() if item.cell != INJECTED:
                self._started += 1
                self._note(f"cell {self._started} of {self._cells}")
            case Output():
                self._write(output_text(item.output))
            case Log():
                self._write(item.text)

    def _show_change(self, job: Job) -> None:
        before, self._job = self._job, job
        if before is None or (before.state, before.attempt) != (job.state, job.attempt):
            again = f" (attempt {job.attempt} of {job.retries + 1})" if job.attempt > 1 else ""
            self._note(f"{job.state}{again}")
        if before is not None and job.metrics != before.metrics:
            changed = {key: value for key, value in job.metrics.items() if before.metrics.get(key) != value}
            self._note("  ".join(f"{key} {number(value)}" for key, value in changed.items()))

    def _note(self, text: str) -> None:
        """Say what the line below says on a terminal."""
        if not self._live:
            self._end_line()
            echo(f"[{time.strftime('%H:%M:%S')}] {visible(text)}")

    def _write(self, text: str) -> None:
        """Show whole lines: what is live has its place below them, and notes do not break into them."""
        whole, newline, self._begun = overwritten(self._begun + text).rpartition("\n")
        if not newline:
            return
        shown = program_text(whole, colours=self._live)
        if self._live:
            console().out(f"{shown}{RESET}" if "\x1b" in shown else shown, highlight=False)
        else:
            echo(shown)

    def _end_line(self) -> None:
        if self._begun:
            self._write("\n")

    def _progress(self) -> str:
        job = self._job
        if job is None:
            return ""
        parts = [str(job.state)]
        if self._cells:
            parts.append(f"cell {max(self._started, 1)} of {self._cells}")
        if job.started_at is not None:
            parts.append(duration(elapsed_s(job)))
        if job.progress.left_s is not None:
            parts.append(left(job.progress.left_s))
        parts += [f"{key} {number(value)}" for key, value in list(job.metrics.items())[:4]]
        if job.usage is not None:
            parts.append(f"{job.usage.memory_bytes / 1e6:.0f} MB")
        return " · ".join(parts)


class _Ticking:
    """Text that is made anew whenever the terminal is drawn, because time passes in it."""

    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text

    def __rich__(self) -> Any:
        from rich.text import Text

        return Text(visible(self._text()))


def show_job(workspace: Workspace, job: Job) -> None:
    """Show what is known of a job and where everything lies."""
    metrics = "  ".join(f"{name} {number(value)}" for name, value in sorted(job.metrics.items()))
    parameters = "  ".join(f"{name} {decode(value)}" for name, value in job.parameters.items())
    cells = f"{job.progress.cells_done} of {job.progress.cells_total}" if job.progress.cells_total else ""
    show_pairs(
        job,
        {
            "name": job.name,
            "display name": job.display_name if job.display_name != job.name else "",
            "state": state_text(job.state),
            "what": job.source,
            "experiment": job.experiment_name,
            "description": job.description,
            "tags": "  ".join(f"{name}={value}" for name, value in job.tags.items() if not name.startswith("mlflow.")),
            "compute": job.compute,
            "attempt": f"{job.attempt} of {job.retries + 1}" if job.retries else "",
            "created": f"{job.created_at:%Y-%m-%d %H:%M:%S} UTC",
            "duration": duration(elapsed_s(job)),
            "cells": cells,
            "parameters": parameters,
            "metrics": metrics,
            "run": job.run_id,
            "parent": job.parent,
            **_places(workspace, job),
        },
    )
    if output_format() == "table":
        _show_request(job)
        _show_warnings(job)
        if job.cause is not None:
            _show_cause(job)


def _places(workspace: Workspace, job: Job) -> dict[str, Any]:
    try:
        folder = workspace.jobs.folder(job.name)
    except ConflictError:  # it has none, or not yet
        return {}
    names = {
        folder.output: "notebook",
        folder.kept_outputs: "outputs",
        folder.kept_files: "files",
        folder.std_log: "log",
        folder.packages: "packages",
    }
    return {names[path]: path for path in folder.results()}


def _show_request(job: Job) -> None:
    request = job.request
    if request is None:
        return
    echo(f"{request.kind} requested at {request.requested_at:%Y-%m-%d %H:%M:%S} UTC", colour="yellow", err=True)
    if request.error:
        retry = f"; next try at {request.retry_at:%H:%M:%S} UTC" if request.retry_at else ""
        echo(f"it has failed {request.attempts} times{retry}: {request.error}", colour="red", err=True)
        echo(f"To take the request back: jupyter ml job withdraw {job.name}", err=True)


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
