# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Convert states, names and values of jobs to MLflow's, and back."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.runs import NOTE_TAG, PARENT_TAG, Metric, Run
from jupyter_ml.schemas.states import JobState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

__all__ = ["STATUSES", "key", "metrics", "parameter", "run", "text", "utc_time"]

STATUSES = {
    JobState.NOT_STARTED: "SCHEDULED",
    JobState.RUNNING: "RUNNING",
    JobState.COMPLETED: "FINISHED",
    JobState.FAILED: "FAILED",
    JobState.CANCELED: "KILLED",
}
"""MLflow's status for each state of a run."""

_STATES = {status: state for state, status in STATUSES.items()}
_EPOCH = datetime.fromtimestamp(0, UTC)
_LARGEST = 1.7976931348623157e308
_KEPT = frozenset({NOTE_TAG, PARENT_TAG, "mlflow.source.name"})


def key(name: str) -> str:
    """Return a name that MLflow accepts: it allows few characters and no path that leads upwards."""
    name = re.sub(r"[^\w.\- :/]", "_", name)[:250]
    return "/".join(part for part in name.split("/") if part not in ("", ".", "..")) or "_"


def text(value: str, limit: int) -> str:
    """Return a text that MLflow accepts, shortened to `limit` characters with a mark."""
    value = value.encode(errors="replace").decode().replace("\0", "\ufffd")
    return value if len(value) <= limit else f"{value[: limit - 1]}…"


def parameter(value: JsonValue) -> str:
    """Return a parameter as `mlflow.log_param` would write it, so that a notebook may log the same again."""
    return text(str(decode(value)), 6_000)


def utc_time(milliseconds: float | None) -> datetime:
    """Return the time of a number in MLflow's tables."""
    try:
        return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
    except (OverflowError, ValueError, OSError):  # users may log any number as a time
        return _EPOCH


def metrics(rows: Iterable[Any]) -> dict[str, Metric]:
    """Return the last values in rows of key, value, step, timestamp, is_nan."""
    return {
        name: Metric(value=math.nan if is_nan else _unbounded(value), step=step, time=utc_time(time))
        for name, value, step, time, is_nan in rows
    }


def _unbounded(value: float) -> float:
    """Return an infinity where MLflow has stored one: as the largest number of its sign."""
    return math.copysign(math.inf, value) if abs(value) >= _LARGEST else value


def run(entity: Any, experiments: Mapping[str, str]) -> Run:
    """Return an MLflow run, given the names of the experiments by id."""
    info, data = entity.info, entity.data
    found = ((m.key, m.value, m.step, m.timestamp, math.isnan(m.value)) for m in data._metric_objs)  # noqa: SLF001
    return Run(
        run_id=info.run_id,
        name=info.run_name or info.run_id,
        experiment_name=experiments[info.experiment_id],
        state=_STATES.get(info.status, JobState.RUNNING),
        user=data.tags.get("mlflow.user") or info.user_id or None,
        started_at=utc_time(info.start_time),
        ended_at=utc_time(info.end_time) if info.end_time else None,
        parameters=data.params,
        tags={name: value for name, value in data.tags.items() if not name.startswith("mlflow.") or name in _KEPT},
        metrics=metrics(found),
    )
