# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Pages of 100,000 experiments, which stand for any kind of resource: the CPU time in the store, on SQLite."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from jupyter_ml.schemas.experiments import ExperimentQuery
from jupyter_ml.store import Store
from jupyter_ml.store.crud import new_row
from jupyter_ml.store.engine import Database
from jupyter_ml.store.tables import experiments

__all__ = ["BUDGET_MS", "lists", "row"]

BUDGET_MS = 50
_START = datetime(2026, 1, 1, tzinfo=UTC)
_QUERIES = {
    **{
        f"by {sort}, {place}": ExperimentQuery(sort=sort, offset=offset)
        for sort in ("name", "created_at", "last_job_at")
        for place, offset in (("first", 0), ("middle", 45_000), ("last", 89_000))
    },
    "archived": ExperimentQuery(archived=True),
    "archived or not": ExperimentQuery(archived=None),
    "search, few": ExperimentQuery(filter="calm-0123"),
    "search, half": ExperimentQuery(filter="calm"),
    "search, none": ExperimentQuery(filter="'nothing like it'"),
    "a page of 1,000": ExperimentQuery(limit=1_000),
}


def row(number: int, rng: random.Random) -> dict[str, Any]:
    """Return the row of an experiment; one of ten is archived, one of five has no job."""
    row = new_row({"name": f"{rng.choice(['brisk', 'calm'])}-{number:06}", "description": "why " * 10}, 1)
    row |= {"created_at": _START + timedelta(minutes=number), "lifecycle_stage": int(rng.random() < 0.1)}
    return row | {"last_job_at": _START + timedelta(seconds=rng.randrange(10**7)) if number % 5 else None}


def _page_ms(store: Store, query: ExperimentQuery) -> float:
    times = []
    for _ in range(6):
        start = time.thread_time()
        store.experiments.list(query)
        times.append(time.thread_time() - start)
    return 1_000 * statistics.median(times[1:])


def lists() -> None:
    """Print the CPU time of a page for each kind of query."""
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder, Store.open(file := Path(folder) / "workspace.db") as store:
        database = Database(file)
        with database.write() as connection:
            connection.execute(insert(experiments), [row(number, rng) for number in range(100_000)])
        database.close()
        store.optimize()
        for name, query in _QUERIES.items():
            print(f"100,000 experiments, {name:24} {_page_ms(store, query):6.1f} ms (budget {BUDGET_MS})")


if __name__ == "__main__":
    lists()
