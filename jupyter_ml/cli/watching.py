# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Watch a job on the terminal: its progress, output and metrics while it runs, its details at the end."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.cli.exit_codes import ABORTED, job_exit_code
from jupyter_ml.cli.job_details import render_job
from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.rendering import console
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.escaping import overwritten, program_text, visible
from jupyter_ml.schemas.event_log import INJECTED, CellStarted, Log, Output
from jupyter_ml.schemas.jobs import Job
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
)
from jupyter_ml.services.jobs.stream import RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from jupyter_ml.services.workspace import Workspace

__all__ = ["watch"]

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
    render_job(workspace, job, err=True)
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
