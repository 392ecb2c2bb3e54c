# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a compute is and how busy it is, as plain text, the same on the command line and in notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.queries import ComputeSeriesQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.compute_states import ComputeUsage
    from jupyter_ml.schemas.computes import ComputeInfo
    from jupyter_ml.schemas.series import ComputeSeries

__all__ = ["details", "hours_query", "series_text", "usage_text"]

LEAST_HOURS, MOST_HOURS = 0.02, 720
BARS = "▁▂▃▄▅▆▇█"
_LEFT_OUT = {"settings", "archived", "request", "schedules_from", "created_at"}


def details(item: ComputeInfo) -> dict[str, Any]:
    """Return names and values of all that users need to know of a compute."""
    shown = {**item.model_dump(mode="json", exclude=_LEFT_OUT), "created_at": item.created_at, **item.settings}
    return {key.replace("_", " "): value for key, value in shown.items()}


def hours_query(hours: float) -> ComputeSeriesQuery:
    """Return the query for how busy a compute was in the last hours; InvalidInputError for more than a month."""
    if not LEAST_HOURS <= hours <= MOST_HOURS:
        raise InvalidInputError(f"hours: must be from {LEAST_HOURS} to {MOST_HOURS} (got {hours:g})", field="hours")
    return ComputeSeriesQuery(seconds=max(60, int(hours * 3_600)), max_points=60)


def usage_text(name: str, found: ComputeUsage) -> str:
    """Return how busy a compute is, with a line for each GPU."""
    used, total = (f"{count / 1024**2:,.0f} MB" for count in (found.memory_bytes, found.memory_total_bytes))
    lines = [f"{name}: {found.cpu_percent:.0f}% of {found.cpu_count} processors, {used} of {total}"]
    for gpu in found.gpus:
        used, total = (f"{count / 1024**2:,.0f} MB" for count in (gpu.memory_bytes, gpu.memory_total_bytes))
        busy = "" if gpu.percent is None else f"{gpu.percent:.0f}%, "
        lines.append(f"{gpu.id} {gpu.name}: {busy}{used} of {total}")
    return "\n".join(lines)


def series_text(series: ComputeSeries) -> str:
    """Return a line for each measure, with a bar for each sample and the last value; nothing without samples."""
    return "\n".join(_charts(series))


def _charts(series: ComputeSeries) -> Iterator[str]:
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
