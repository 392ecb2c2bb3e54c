# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read series of metrics from MLflow's tables without importing MLflow, which takes too long for a chart.

Of a million values a chart shows a thousand. They are chosen in the database, which walks through each part of the
axis in the order of an index and returns the parts' extremes: a peak of a single step stays a peak.
"""

from __future__ import annotations

from contextlib import closing
from itertools import chain, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from jupyter_ml.schemas.series import MetricSeries
from jupyter_ml.tracking.tables import Tables
from jupyter_ml.tracking.uris import sqlite_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ml.schemas.series import MetricPoint

__all__ = ["read_history"]

_LARGEST = 1.7e308
"""MLflow stores an infinity as the largest number."""
_OF_METRIC = "FROM metrics WHERE run_uuid = :run AND key = :key"
_NUMBER = f"NOT is_nan AND abs(value) < {_LARGEST}"


def read_history(uri: str, run_id: str, *, keys: Sequence[str], max_points: int) -> list[MetricSeries]:
    """Return the series of a run's metrics, of those in `keys` or of all, with about `max_points` points each."""
    file = sqlite_file(uri)
    if file is not None and not file.exists():
        return []
    with closing(Tables(uri)) as tables:
        totals = tables.ask("SELECT key, count(*) FROM metrics WHERE run_uuid = :run GROUP BY key", run=run_id)
        return [
            MetricSeries(key=key, total=total, points=_points(tables, {"run": run_id, "key": key}, total, max_points))
            for key, total in sorted(totals)
            if not keys or key in keys
        ]


def _points(tables: Tables, metric: dict[str, str], total: int, max_points: int) -> list[MetricPoint]:
    if total <= max_points:
        rows = tables.ask(f"SELECT step, timestamp, value, is_nan {_OF_METRIC}", **metric)
        points = [(step, time, None if nan or abs(value) > _LARGEST else value) for step, time, value, nan in rows]
    else:
        points = list(_series(tables, metric, max(1, max_points // 2 - 2)))
    return sorted(points, key=itemgetter(0, 1))


def _series(tables: Tables, metric: dict[str, str], parts: int) -> set[MetricPoint]:
    """Return the smallest and the largest value at both ends, and in each of `parts` parts of the axis."""
    axis = "step"
    first, last = _bounds(tables, metric, axis)
    if first == last:  # a program that gives no steps logs everything at step 0, and only the times differ
        axis = "timestamp"
        first, last = _bounds(tables, metric, axis)
    part = f"{_OF_METRIC} AND {axis} >= :start AND {axis} < :stop AND {_NUMBER} ORDER BY value"
    one = f"SELECT step, timestamp, value {part}"
    query = f"SELECT * FROM ({one} LIMIT 1) AS low UNION SELECT * FROM ({one} DESC LIMIT 1) AS high"  # noqa: S608 -- words of ours
    bounds = [first + (last + 1 - first) * count // parts for count in range(parts + 1)]
    wanted = [(first, first + 1), (last, last + 1), *pairwise(bounds)]
    found = (tables.ask(query, **metric, start=start, stop=stop) for start, stop in wanted)
    return set(chain.from_iterable(found))


def _bounds(tables: Tables, metric: dict[str, str], axis: str) -> tuple[int, int]:
    """Return first and last: asked for one at a time, each is found by the index without a scan."""
    [(first,)], [(last,)] = (tables.ask(f"SELECT {end}({axis}) {_OF_METRIC}", **metric) for end in ("min", "max"))
    return first, last
