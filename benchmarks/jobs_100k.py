# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A store with very many jobs: seven parameters, two of them logged by the code, and five metrics each, in every state.

``python -m benchmarks.jobs_100k [--jobs 100000] [--database URL]`` fills one (a new SQLite file when no address is
given) and prints the CPU time of a page of each kind of list, with that of a PostgreSQL server on this machine.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, make_url

from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.runs import Metric
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store import Store, experiments, rows, search, tables
from jupyter_ml.store.engine import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Table

__all__ = ["QUERIES", "cpu_clock", "fill", "lists", "measure"]

BUDGET_MS = 50

_START = datetime(2026, 1, 1, tzinfo=UTC)
_STATES = [JobState.COMPLETED] * 85 + [JobState.FAILED] * 9 + [JobState.CANCELED] * 4 + [JobState.QUEUED] * 2
_BATCH = 5_000


def job(number: int, rng: random.Random, states: list[JobState] = _STATES) -> Job:
    """Return one job; about 300 a day."""
    created = _START + timedelta(seconds=number * 300 + rng.random())
    state = rng.choice(states)
    ran = state is not JobState.QUEUED
    parameters: dict[str, Any] = {
        "alpha": rng.choice([0.001, 0.01, 0.1, 1.0]),
        "depth": rng.randrange(2, 20),
        "optimizer": rng.choice(["adam", "sgd", "lamb"]),
        "seed": number,
        "data": f"/data/day-{number % 365}.parquet",
    }
    return Job(
        name=f"{rng.choice(['brisk', 'calm', 'eager'])}-{rng.choice(['maple', 'otter', 'river'])}-{number:06}",
        type="notebook",
        display_name=f"Train model {number % 1000}",
        experiment_name=f"experiment-{int(rng.paretovariate(0.7)) % 50:02}",
        compute="local",
        state=state,
        created_at=created,
        started_at=created + timedelta(seconds=rng.random() * 60) if ran else None,
        ended_at=created + timedelta(seconds=60 + rng.random() * 3_600) if ran else None,
        archived=rng.random() < 0.1,
        parameters=parameters,
        logged_parameters={"by_hand": str(number % 7), "max_iter": "100"},
        tags={"team": rng.choice(["blue", "red"])},
        logged_tags={"estimator": rng.choice(["Ridge", "Lasso"])},
        spec=NotebookJob(notebook=f"/home/user/work/train-{number % 40}.ipynb", parameters=parameters),
    )


def _metrics(when: datetime, rng: random.Random) -> dict[str, Metric]:
    names = ["rmse" if rng.random() < 0.8 else "mae", "r2", "loss", "accuracy", "seconds"]
    return {name: Metric(value=rng.random(), step=100, time=when) for name in names}


def fill(
    address: str,
    count: int = 100_000,
    seed: int = 0,
    states: list[JobState] = _STATES,
    experiment: str | None = None,
) -> None:
    """Add `count` jobs in some of `states` to the empty store at `address`, the same ones for the same seed.

    They are in 50 experiments of different sizes, or all in `experiment`.
    """
    Store.open(address).close()
    rng = random.Random(seed)
    database = Database(address)
    for start in range(0, count, _BATCH):
        batch = [(number + 1, job(number, rng, states)) for number in range(start, min(start + _BATCH, count))]
        if experiment is not None:
            batch = [(job_id, each.model_copy(update={"experiment_name": experiment})) for job_id, each in batch]
        with database.write() as connection:
            experiments.ensure(connection, {each.experiment_name: each.created_at for _, each in batch}, restore=False)
            for table, content in _rows(batch, rng):
                connection.execute(insert(table), content)
    database.close()
    with Store.open(address) as store:
        store.optimize()


def _rows(batch: list[tuple[int, Job]], rng: random.Random) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    yield tables.jobs, [{"id": job_id, **rows.job_row(each, None)} for job_id, each in batch]
    yield tables.job_search, [search.search_row(each, job_id) for job_id, each in batch]
    # what code logs is known of jobs that have ended: else each look for what is missing passes all of them
    yield tables.job_details, [{**rows.detail_row(each, job_id), "logged": True} for job_id, each in batch]
    yield tables.job_params, [row for job_id, each in batch for row in _params(each, job_id)]
    yield tables.job_tags, [row for job_id, each in batch for row in _tags(each, job_id)]
    metrics = [(job_id, _metrics(each.created_at, rng)) for job_id, each in batch if each.started_at]
    yield tables.job_metrics, [row for job_id, some in metrics for row in rows.metric_rows(some.items(), job_id)]


def _params(each: Job, job_id: int) -> list[dict[str, Any]]:
    return rows.param_rows({**each.parameters, **each.logged_parameters}, job_id)


def _tags(each: Job, job_id: int) -> list[dict[str, Any]]:
    return rows.tag_rows({**each.tags, **each.logged_tags}, job_id)


QUERIES: dict[str, JobQuery] = {
    "newest first": JobQuery(),
    "newest first, last page": JobQuery(offset=89_900),
    "newest first, middle": JobQuery(offset=45_000),
    "oldest first": JobQuery(descending=False),
    "archived": JobQuery(archived=True),
    "archived or not": JobQuery(archived=None),
    **{f"state {state}": JobQuery(states=[state]) for state in ("Completed", "Failed", "Queued", "Running")},
    "not completed": JobQuery(states=[JobState.FAILED, JobState.CANCELED, JobState.QUEUED]),
    "a day": JobQuery(created_after=_START + timedelta(days=100), created_before=_START + timedelta(days=101)),
    "half of the time": JobQuery(created_after=_START + timedelta(days=170)),
    "large experiment": JobQuery(experiment_name="experiment-01"),
    "small experiment": JobQuery(experiment_name="experiment-40"),
    "text, few": JobQuery(filter="River-09"),
    "text, none": JobQuery(filter="'nothing like it'"),
    "text, a third": JobQuery(filter="otter"),
    "text, all": JobQuery(filter="train"),
    "text, two characters": JobQuery(filter="ad"),
    "text, one character": JobQuery(filter="7"),
    "text, the notebook": JobQuery(filter="train-7.ipynb"),
    "text of one field": JobQuery(filter="notebook:train-7"),
    "text, without another": JobQuery(filter="river -maple -adam"),
    "three words": JobQuery(filter="river adam blue"),
    "three short words": JobQuery(filter="ad bl 7"),
    "any name = number": JobQuery(filter="alpha=0.1"),
    "any name, negated": JobQuery(filter="-alpha=0.1"),
    "has a tag": JobQuery(filter="tag:team"),
    "is:failed": JobQuery(filter="is:failed"),
    "not completed, by filter": JobQuery(filter="-is:completed"),
    "everything in a filter": JobQuery(
        filter="train-7 is:completed,failed experiment:experiment-01 alpha<0.5 rmse<0.5 tag:team=blue -adam"
    ),
    "twenty letters": JobQuery(filter=" ".join("abcdefghijklmnopqrst")),
    "metric < half": JobQuery(filter="metrics.rmse < 0.5"),
    "metric < few": JobQuery(filter="metrics.rmse < 0.001"),
    "metric > nearly all": JobQuery(filter="metrics.r2 > 0.01"),
    "metric != ": JobQuery(filter="metrics.r2 != 0.5"),
    "unknown metric": JobQuery(filter="metrics.nothing < 0.5"),
    "logged parameter = number": JobQuery(filter="by_hand=5"),
    "logged tag, as text": JobQuery(filter="estimator=Ridge lasso"),
    "parameter = number": JobQuery(filter="parameters.alpha = 0.1"),
    "parameter = text": JobQuery(filter="parameters.optimizer = adam"),
    "parameter > few": JobQuery(filter="parameters.seed > 99990"),
    "parameter != text": JobQuery(filter="parameters.optimizer != adam"),
    "tag": JobQuery(filter="tags.team = blue"),
    "two metrics": JobQuery(filter="metrics.rmse < 0.5 metrics.r2 > 0.5"),
    "two metrics, a parameter": JobQuery(filter="metrics.rmse < 0.5 metrics.r2 > 0.5 parameters.depth < 9"),
    **{
        f"by {sort} {way}, {place}": JobQuery(sort=sort, descending=way == "down", offset=offset)
        for sort in (
            "name",
            "display_name",
            "experiment_name",
            "state",
            "started_at",
            "ended_at",
            "metrics.rmse",
            "parameters.alpha",
            "parameters.optimizer",
        )
        for way in ("up", "down")
        for place, offset in (("first", 0), ("middle", 45_000), ("last", 89_900))
    },
    "by metric, completed": JobQuery(sort="metrics.rmse", states=[JobState.COMPLETED]),
    "by metric, failed": JobQuery(sort="metrics.rmse", states=[JobState.FAILED]),
    "by metric, small experiment": JobQuery(sort="metrics.rmse", experiment_name="experiment-40"),
    "by metric, large experiment": JobQuery(sort="metrics.rmse", experiment_name="experiment-01"),
    "by metric where parameter": JobQuery(sort="metrics.rmse", filter="parameters.optimizer = adam"),
    "by metric where parameter, last": JobQuery(
        sort="metrics.rmse", filter="parameters.optimizer = adam", offset=29_000
    ),
    "by metric where metric": JobQuery(sort="metrics.rmse", filter="metrics.r2 > 0.5"),
    "by metric where metric, search": JobQuery(sort="metrics.rmse", filter="otter metrics.r2 > 0.5"),
    "by parameter where metric": JobQuery(sort="parameters.alpha", filter="metrics.r2 > 0.5"),
    "everything at once": JobQuery(
        states=[JobState.COMPLETED],
        experiment_name="experiment-01",
        filter="maple metrics.r2 > 0.2 parameters.alpha < 0.5",
        created_after=_START + timedelta(days=30),
        sort="metrics.loss",
    ),
}


def measure(store: Store, query: JobQuery, repeat: int = 5, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the median of seconds that a page takes, after one that warms up."""
    times = []
    for _ in range(repeat + 1):
        start = clock()
        store.jobs.list(query)
        times.append(clock() - start)
    return statistics.median(times[1:])


def cpu_clock(store: Store) -> Callable[[], float]:
    """Return a clock of the seconds of CPU that this thread and the PostgreSQL processes that serve `store` used."""
    if not store.shared:
        return time.thread_time
    store.jobs.list(JobQuery())
    with store._database.read() as connection:
        found = connection.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        servers = [Path(f"/proc/{pid}/schedstat") for pid in found.scalars()]
    return lambda: time.thread_time() + sum(int(each.read_text().split()[0]) for each in servers) / 1e9


def lists() -> None:
    """Print the CPU time of a page for each kind of query, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/workspace.db"
        fill(address)
        with Store.open(address) as store:
            for name, query in QUERIES.items():
                total, page_ms = store.jobs.list(query).total, 1_000 * measure(store, query, clock=time.thread_time)
                print(f"100,000 jobs, {name:40} {total:6} found {page_ms:6.1f} ms (budget {BUDGET_MS})")


def _alone(address: str) -> str:
    """Return an address of PostgreSQL with which no parallel workers take part, whose CPU time would not be known."""
    url = make_url(address)
    if url.get_backend_name() != "postgresql":
        return address
    alone = url.update_query_dict({"options": "-c max_parallel_workers_per_gather=0"})
    return alone.render_as_string(hide_password=False)


def main() -> None:
    """Fill a store and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--database")
    parser.add_argument("--keep", action="store_true", help="the database is filled already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = options.database or f"sqlite:///{folder}/workspace.db"
        if not options.keep:
            start = time.perf_counter()
            fill(address, options.jobs)
            print(f"filled in {time.perf_counter() - start:.1f} s")
        with Store.open(_alone(address)) as store:
            clock = cpu_clock(store)
            for name, query in QUERIES.items():
                page_ms = 1_000 * measure(store, query, clock=clock)
                print(f"{name:40} {store.jobs.list(query).total:8} jobs {page_ms:8.1f} ms")


if __name__ == "__main__":
    main()
