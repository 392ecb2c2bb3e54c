# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs are found by any part of their text, as it is now, by an index where there is one."""

from __future__ import annotations

import pytest
from sqlalchemy import exc, text

from jupyter_ml.schemas.causes import Cause
from jupyter_ml.schemas.filters import quoted
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.store import Store
from jupyter_ml.store.engine import Database
from jupyter_ml.store.search import TextCondition, matching_text
from jupyter_ml.store.search_index import POSTGRESQL
from jupyter_ml.store.tables import job_search
from tests.store.jobs import job, run

ERROR = Cause(kind="exception", message="Cell 2 raised ZeroDivisionError.", exception="ZeroDivisionError", value="by 0")


def found(store, search: str) -> list[str]:
    return sorted(each.name for each in store.jobs.list(JobQuery(filter=quoted(search))).items)


@pytest.fixture
def filled(store):
    store.jobs.insert(
        job(
            "bold-otter",
            display_name="Große Otter",
            description="Does the *penalty* matter?",
            user="ann@example.org",
            tags={"team": "blue", "note": 'about "50%"'},
            parameters={"alpha": 0.25, "model": "ridge", "rows": [1, 2], "flag": True},
        ),
        host=None,
    )
    command = CommandJob(command="python prepare.py --fast")
    store.jobs.insert(job("calm-heron", type="command", spec=command, experiment_name="préparé"), host=None)
    store.jobs.import_runs([run(1, tags={"mlflow.source.name": "by-hand.py"})])
    return store


FOUND = {
    "train.ipynb": ["bold-otter"],
    "/home/USER": ["bold-otter"],
    "otter": ["bold-otter"],
    "GROSSE": ["bold-otter"],
    "*penalty*": ["bold-otter"],
    "ann@": ["bold-otter"],
    "team=blue": ["bold-otter"],
    '"50%"': ["bold-otter"],
    "alpha=0.25": ["bold-otter"],
    "[1, 2]": ["bold-otter"],
    "flag=true": ["bold-otter"],
    "prepare.py --fast": ["calm-heron"],
    "PRÉPARÉ": ["calm-heron"],
    "by-hand.py": ["run-1"],
    "diabetes": ["bold-otter", "run-1"],
    "é": ["calm-heron"],
    "0%": ["bold-otter"],
    "_": [],
    "nothing like it": [],
    '" OR name : "calm': [],
    "\0": [],
}


def test_any_part_of_a_text_is_found(filled):
    assert {search: found(filled, search) for search in FOUND} == FOUND


def test_the_cause_of_failure_is_found_until_the_next_attempt(store):
    store.jobs.insert(job("one", retries=1), host=None)
    [claimed] = store.jobs.claim(host="here", compute="local", limit=1)
    store.jobs.transition(claimed.name, "Running")
    store.jobs.transition(claimed.name, "Finalizing")
    assert found(store, "zerodivision") == []
    store.jobs.transition(claimed.name, "Queued", cause=ERROR)
    assert (found(store, "zerodivision"), found(store, "error: by 0")) == (["one"], ["one"])
    store.jobs.claim(host="here", compute="local", limit=1)
    assert found(store, "zerodivision") == []
    assert found(store, "train") == ["one"]


def test_runs_that_change_and_jobs_that_are_deleted(filled):
    filled.jobs.import_runs([run(1, parameters={"depth": "7"})])
    assert (found(filled, "by-hand"), found(filled, "depth=7")) == ([], ["run-1"])
    filled.jobs.transition("bold-otter", "Canceled")
    filled.jobs.delete("bold-otter")
    assert found(filled, "otter") == []
    with filled._database.write() as connection:
        assert len(connection.execute(job_search.select()).all()) == 2
        if filled._database.file:  # raises if the index and the texts differ
            connection.execute(
                text("INSERT INTO job_search_index (job_search_index, rank) VALUES ('integrity-check', 1)")
            )


def test_the_index_is_used(filled):
    with filled._database.read() as connection:
        query = matching_text(connection.dialect, [TextCondition(["otter"])]).compile(connection)
        explain = "EXPLAIN QUERY PLAN" if filled._database.file else "EXPLAIN"
        if not filled._database.file:
            connection.execute(text("SET enable_seqscan = off"))  # two rows are scanned faster
        parameters = tuple(query.params.values()) if filled._database.file else query.params
        plan = str(connection.exec_driver_sql(f"{explain} {query}", parameters).all())
    assert ("VIRTUAL TABLE INDEX" if filled._database.file else "ix_job_search_text") in plan


def test_postgresql_plans_each_query_for_its_values(postgresql_url):
    # a plan for any text takes four times as long, and compiling one several times as long as executing it
    with Store.open(postgresql_url) as store, store._database.read() as connection:
        shown = {each: connection.scalar(text(f"SHOW {each}")) for each in ("plan_cache_mode", "jit")}
    assert shown == {"plan_cache_mode": "force_custom_plan", "jit": "off"}


def test_without_pg_trgm_texts_are_scanned(postgresql_url):
    database = Database(postgresql_url)
    with database.write() as connection:
        for statement in (
            "CREATE SCHEMA jupyter_ml",
            "CREATE ROLE limited",
            "GRANT CREATE, USAGE ON SCHEMA jupyter_ml TO limited",
            "SET ROLE limited",
            "CREATE TABLE job_search (job_id int, name text, source text, description text, cause text, labels text)",
        ):
            connection.execute(text(statement))
        with pytest.raises(exc.ProgrammingError, match="permission denied"), connection.begin_nested():
            connection.execute(text("CREATE EXTENSION pg_trgm"))
        connection.exec_driver_sql(POSTGRESQL)
        connection.execute(job_search.insert(), {"job_id": 1, **dict.fromkeys(job_search.c.keys()[1:], "a-b")})
        assert connection.execute(text("SELECT * FROM pg_indexes WHERE tablename = 'job_search'")).all() == []
        assert [*connection.scalars(matching_text(connection.dialect, [TextCondition(["A-B"])]))] == [1]
        connection.execute(text("RESET ROLE"))
        connection.execute(text("DROP OWNED BY limited"))
        connection.execute(text("DROP ROLE limited"))
    database.close()
