# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How numbers, times, states and outputs read as plain text, the same wherever a person meets them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.requests import RequestKind
from jupyter_ml.storage.walking import readable as size

if TYPE_CHECKING:
    from pydantic import JsonValue

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.requests import PendingRequest

__all__ = [
    "SIGNS",
    "age",
    "duration",
    "elapsed_s",
    "left",
    "number",
    "output_text",
    "size",
    "summary",
    "value_text",
]

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
"""For each state of a job a sign; shape tells, never colour alone."""


def number(value: float) -> str:
    """Return a number with four significant digits, whole numbers as they are."""
    return f"{int(value)}" if abs(value) < 1e15 and value == int(value) else f"{value:.4g}"


def value_text(value: JsonValue) -> str:
    """Return a parameter or a metric, of a list where each has little room."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return "" if value is None else str(decode(value))


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


def left(seconds: float) -> str:
    """Return an estimate of how long something will still take."""
    return f"about {f'{seconds:.0f} s' if seconds < 60 else duration(seconds)} left"


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


def summary(job: Job) -> str:
    """Return the one fact about a job that matters now, after its parent: a delete, its cause, progress or metrics."""
    return "  ".join(filter(None, [f"↳ {job.parent}" if job.parent else "", _fact(job)]))


def _fact(job: Job) -> str:
    if job.request is not None and (job.request.error or job.request.kind is RequestKind.DELETE):
        return _request(job.request)
    if job.cause is not None:
        return " ".join(job.cause.short.split())[:80]
    if job.metrics and job.ended_at:
        return "  ".join(f"{name} {number(value)}" for name, value in list(job.metrics.items())[:3])
    if job.progress.cells_total and not job.ended_at:
        return f"cell {min(job.progress.cells_done + 1, job.progress.cells_total)}/{job.progress.cells_total}"
    return ""


def _request(request: PendingRequest) -> str:
    """Return what becomes of a request; an ordinary cancel is told by the job's state."""
    if request.error is None:
        return "deleting"
    return f"{request.kind} failed: {' '.join(request.error.split())}"[:80]


def output_text(output: dict[str, Any]) -> str:
    """Return the text of a notebook's output (nbformat 4); nothing for one that has none."""
    match output:
        case {"output_type": "stream", "text": text}:
            return _joined(text)
        case {"output_type": "error", "traceback": list(lines)}:
            return "\n".join(map(str, lines)) + "\n"
        case {"output_type": "execute_result" | "display_data", "data": dict(data)}:
            return _joined(data.get("text/plain", "")) + "\n"
    return ""


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
