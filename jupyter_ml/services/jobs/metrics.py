# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read series: the metrics of a job, and the resource usage of its processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.event_log import Sample
from jupyter_ml.schemas.series import MetricHistory, UsageHistory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ml.schemas.queries import MetricsQuery, UsageQuery
    from jupyter_ml.schemas.series import UsagePoint
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.event_logs import EventLogService
    from jupyter_ml.services.jobs.results import JobResults

__all__ = ["MetricService"]


class MetricService:
    """The series of the jobs of a workspace."""

    def __init__(self, context: WorkspaceContext, jobs: JobResults, event_logs: EventLogService) -> None:
        self._context, self._jobs, self._event_logs = context, jobs, event_logs

    def history(self, name: str, query: MetricsQuery) -> MetricHistory:
        """Return the series of a job's metrics, downsampled to the number of points that the query allows."""
        run_id = self._jobs.get(name).run_id
        if run_id is None:
            return MetricHistory(series=[])
        found = self._context.tracking.history(run_id, keys=query.key, max_points=query.max_points)
        return MetricHistory(series=found)

    def usage(self, name: str, query: UsageQuery) -> UsageHistory:
        """Return CPU and memory usage of an attempt over time, downsampled with its peaks."""
        _, folder = self._event_logs.attempt(name, query.attempt)
        points = [
            (int(event.time * 1000), event.usage.cpu_percent, event.usage.memory_bytes)
            for event, _ in EventLogReader(folder.event_log, only=("sample",))
            if isinstance(event, Sample)
        ]
        return UsageHistory(points=_thinned(points, query.max_points))


def _thinned(points: Sequence[UsagePoint], limit: int) -> list[UsagePoint]:
    """Return at most `limit` points: for each interval its end, with the peaks of the interval."""
    size = -(-len(points) // limit) or 1
    parts = (points[start : start + size] for start in range(0, len(points), size))
    return [(part[-1][0], max(cpu for _, cpu, _ in part), max(memory for *_, memory in part)) for part in parts]
