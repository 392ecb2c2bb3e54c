# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""SQLite reads a page of a list in the way that was measured to be fast."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.store import Store, paging
from tests.store.jobs import metric, run


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """What gives the steps that SQLite takes for a query."""

    def explain(query):
        steps = []

        def note(*arguments):
            _, cursor, statement, parameters = arguments[:4]
            if statement.startswith("SELECT"):
                found = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps.extend(row[3] for row in found)

        event.listen(store._database.engine, "before_cursor_execute", note)
        store.jobs.list(query)
        event.remove(store._database.engine, "before_cursor_execute", note)
        return steps

    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('plans')}/workspace.db") as store:
        store.jobs.import_runs(
            run(number, tags={"a": "b"}, parameters={"alpha": "1"}, metrics={"r2": metric(number)})
            for number in range(600)
        )
        yield explain


@pytest.mark.parametrize(
    ("query", "step"),
    [
        (JobQuery(), "COVERING INDEX ix_jobs_created_at"),
        (JobQuery(sort="name", offset=500), "COVERING INDEX ix_jobs_name"),
        (JobQuery(sort="metrics.r2"), "COVERING INDEX ix_job_metrics_value"),
        (JobQuery(sort="parameters.alpha"), "COVERING INDEX ix_job_params_value"),
        (JobQuery(filter="metrics.r2 > 0 tags.a = b"), "SEARCH job_tags USING PRIMARY KEY (key=?"),
        (JobQuery(filter="-metrics.r2>0"), "SEARCH job_metrics USING PRIMARY KEY (key=?"),
        (JobQuery(filter="run-7"), "VIRTUAL TABLE INDEX"),
    ],
)
def test_sqlite_uses_the_plan_that_was_measured(plans, monkeypatch, query, step):
    monkeypatch.setattr(paging, "_FEW", 0)
    steps = plans(query)
    assert any(step in each for each in steps), steps
    assert not any("TEMP B-TREE" in each for each in steps), steps
