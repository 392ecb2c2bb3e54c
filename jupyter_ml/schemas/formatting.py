# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Plain text for numbers, times and states, the same in every client."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from jupyter_ml.schemas.cells import CellPlace
from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.requests import RequestKind

if TYPE_CHECKING:
    from pydantic import JsonValue

    from jupyter_ml.schemas.jobs import Job, Progress
    from jupyter_ml.schemas.queue import QueuePosition, Shortage
    from jupyter_ml.schemas.requests import PendingRequest

__all__ = [
    "SIGNS",
    "age",
    "duration",
    "elapsed_s",
    "field_text",
    "left",
    "number",
    "queue_text",
    "summary",
    "value_text",
]

_LARGEST = 1e15
"""Larger numbers are not written out."""

SIGNS = {
    "NotStarted": "○",
    "Queued": "○",
    "Preparing": "◐",
    "Running": "◐",
    "Finalizing": "◐",
    "CancelRequested": "◐",
    "Completed": "●",
    "Failed": "✕",
    "Canceled": "-",
    "NotResponding": "▲",
}
"""A sign for each state of a job; their shapes differ, not only their colours."""


def number(value: float) -> str:
    """Return a number with four significant digits, or more where it would look whole; whole numbers as they are."""
    if not abs(value) < _LARGEST:  # also NaN; an integer may exceed all floats
        return f"{Decimal(value):.4g}" if isinstance(value, int) else f"{value:.4g}"
    if value == int(value):
        return f"{int(value)}"
    texts = (f"{value:.{digits}g}" for digits in range(4, 18))  # 17 digits are exact
    return next(text for text in texts if not float(text).is_integer())


def value_text(value: JsonValue) -> str:
    """Return a parameter or a metric for a table cell."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return "" if value is None else str(decode(value))


def field_text(value: Any) -> str:
    """Return the value of any field for a table cell."""
    match value:
        case None | str():
            return value or ""
        case datetime():
            return age(value)
        case int() | float() if not isinstance(value, bool):
            return number(value)
    return json.dumps(to_jsonable_python(value), ensure_ascii=False)


def duration(seconds: float | None) -> str:
    """Return seconds in the largest two units."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{int(seconds * 10) / 10:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def left(seconds: float) -> str:
    """Return an estimate of how long something will still take."""
    return f"about {_estimate(seconds)} left"


def _estimate(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else duration(seconds)


def queue_text(queue: QueuePosition, compute: str | None) -> str:
    """Return the position of a job in the queue, what it waits for and when it starts; empty if it does not wait."""
    if queue.position is None:
        return ""
    parts = [f"#{queue.position} in the queue"]
    if queue.waits_for is not None:
        parts.append(_shortage(queue.waits_for))
    elif queue.starts_at is not None:
        parts.append(f"starts after {_blockers(queue)} in about {_left_until(queue.starts_at)}{_range(queue)}")
        if queue.estimates:
            parts.append(f"{queue.right_estimates} of the last {queue.estimates} estimates were right")
    elif queue.running:
        jobs = "the job that runs" if queue.running == 1 else f"{queue.running} jobs that run"
        parts.append(f"waits for {jobs} on {compute}")
    if queue.message:
        parts.append(f"waits for a node of {compute}: {queue.message}")
    if queue.without_history:
        parts.append(f"its start is not known: no job like {queue.without_history} has completed there yet")
    if queue.overdue:
        parts.append(f"its start is not known: {queue.overdue} takes longer than all jobs like it")
    return ", ".join(parts)


def _shortage(lacking: Shortage) -> str:
    if lacking.resource != "memory":
        what, verb = "GPUs" if lacking.resource == "gpus" else "nodes", "is" if lacking.free == 1 else "are"
        return f"waits for {what}: it needs {lacking.needed}, {lacking.free} {verb} free"
    needed, free = (f"{count / 1e9:.1f} GB" for count in (lacking.needed, lacking.free))
    return f"waits for memory: it needs about {needed}, {free} are free"


def _blockers(queue: QueuePosition) -> str:
    others = (queue.position or 0) - len(queue.after)
    names = [*queue.after, *([f"{others} others"] if others > 0 else [])]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _range(queue: QueuePosition) -> str:
    if queue.earliest_at is None or queue.latest_at is None:
        return ""
    shortest, longest = _left_until(queue.earliest_at), _left_until(queue.latest_at)
    return "" if shortest == longest else f" ({shortest} to {longest})"


def _left_until(moment: datetime) -> str:
    return _estimate(max(0, (moment - datetime.now(UTC)).total_seconds()))


def age(moment: datetime | None) -> str:
    """Return how long ago a moment was."""
    if moment is None:
        return ""
    return f"{duration(max(0, (datetime.now(UTC) - moment).total_seconds()))} ago"  # clocks differ


def elapsed_s(job: Job) -> float | None:
    """Return the seconds that a job took, or has taken so far; None before it started."""
    if job.started_at is None:
        return None
    return max(0, ((job.ended_at or datetime.now(UTC)) - job.started_at).total_seconds())


def place(progress: Progress) -> str:
    """Return where a notebook is: the prompt number of its cell, and its position among the cells that run."""
    position = min(progress.cells_done + 1, progress.cells_total)
    return str(CellPlace(progress.prompt, position, progress.cells_total))


def bar(progress: Progress) -> str:
    """Return the progress bar of the running cell or command, e.g. ``epochs 36%``; empty where there is none."""
    shown = progress.bar
    if shown is None:
        return ""
    part = f"{int(100 * shown.done / shown.total)}%" if shown.total else f"{shown.done:,.0f} {shown.unit}"
    return f"{visible(shown.label)} {part}".strip()


def left_s(job: Job) -> float | None:
    """Return the seconds until a job is expected to end; None where that is unknown or less than one."""
    if job.eta_at is None:
        return None
    seconds = (job.eta_at - datetime.now(UTC)).total_seconds()
    return seconds if seconds >= 1 else None


def summary(job: Job) -> str:
    """Return a job's pending delete, cause, metrics or progress, the first that applies, after its parent."""
    return "  ".join(filter(None, [f"↳ {job.parent}" if job.parent else "", _detail(job)]))


def _detail(job: Job) -> str:
    if job.request is not None and (job.request.error or job.request.kind is RequestKind.DELETE):
        return _request(job.request)
    if job.cause is not None:
        return " ".join(job.cause.short.split())[:80]
    if job.metrics and job.ended_at:
        names = sorted(job.metrics, key=lambda name: name != job.primary_metric)[:3]
        return "  ".join(f"{name} {number(job.metrics[name])}" for name in names)
    if job.ended_at:
        return ""
    return ", ".join(filter(None, [place(job.progress) if job.progress.cells_total else "", bar(job.progress)]))


def _request(request: PendingRequest) -> str:
    """Return the state of a request, unless it is a cancel, which the state of the job shows."""
    if request.error is None:
        return "deleting"
    return f"{request.kind} failed: {' '.join(request.error.split())}"[:80]
