# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""However a database came to be, it has the tables of this version; one of a newer version is left alone.

After a change of the tables, write a migration, set `HEAD`, and regenerate the snapshots with
``JUPYTER_ML_WRITE_SNAPSHOTS=1 pytest tests/store/test_schema.py``.
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from jupyter_ml.errors import ConflictError, NewerDatabaseError, WorkspaceError
from jupyter_ml.schemas.computes import ComputeQuery
from jupyter_ml.schemas.experiments import ExperimentCreate, ExperimentQuery
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.store import Store, schema
from jupyter_ml.store.engine import SCHEMA, Database

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
OLD = sorted((HERE / "databases").glob("*.sql"))
SCRIPTS = ScriptDirectory.from_config(schema._config())

_POSTGRESQL = """
SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
    || coalesce(collation_name, '') || ' ' || is_identity || ' ' || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'jupyter_ml'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'jupyter_ml'
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'jupyter_ml'::regnamespace
"""


def described(url: str) -> str:
    """All that the database knows of our tables, as sorted lines."""
    database = Database(url)
    query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL" if database.file else _POSTGRESQL
    with database.read() as connection:
        lines = [_ordered(" ".join(line.split())) for line in connection.scalars(text(query))]
    database.close()
    return "\n".join(sorted(line for line in lines if "alembic_version" not in line)) + "\n"


def _ordered(sql: str) -> str:
    """SQL that makes a table, its parts sorted: SQLite writes a column that was added later behind the constraints."""
    if not sql.startswith("CREATE TABLE"):
        return sql
    head, _, rest = sql.partition("(")
    body, _, tail = rest.rpartition(")")
    parts = re.split(r",\s*(?![^()]*\))", body)
    return f"{head.strip()} ({', '.join(sorted(part.strip() for part in parts))}){tail}"


def migrate(url: str, revision: str = "head") -> None:
    database = Database(url)
    with database.write() as connection:
        if not database.file:
            connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        schema.upgrade(connection, revision)
    database.close()


def set_revision(url: str, revision: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        connection.execute(text("INSERT INTO schema_versions VALUES (:revision, '9.9', 0)"), {"revision": revision})
    database.close()


def test_head_is_the_newest_migration():
    assert SCRIPTS.get_heads() == [schema.HEAD]


def test_a_new_database_equals_the_snapshot(url):
    Store.open(url).close()
    snapshot = HERE / "snapshots" / f"{url.split(':')[0].split('+')[0]}.sql"
    if os.environ.get("JUPYTER_ML_WRITE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(described(url))
    assert described(url) == snapshot.read_text()


def test_a_migrated_database_is_the_same_as_a_new_one(url, request, tmp_path):
    if url.startswith("sqlite"):
        other = f"sqlite:///{tmp_path}/other.db"
    else:
        other = request.getfixturevalue("postgresql").create()
    Store.open(url).close()
    migrate(other)
    assert described(other) == described(url)
    with Store.open(other) as store:
        assert store.jobs.counts() == {}
        assert store.computes.get("local").type == "local"


def _dumped(connection: sqlite3.Connection) -> Iterator[str]:
    """SQL that makes the database again; an index of text is filled from its table, not from what is inside it."""
    for line in connection.iterdump():
        if virtual := re.search(r"CREATE VIRTUAL TABLE (\w+).*(?='\);)", line, re.DOTALL):
            yield f"{virtual[0]};".replace("''", "'")
        elif line == "COMMIT;":
            yield "INSERT INTO job_search_index (job_search_index) VALUES ('rebuild');"
            yield line
        elif "writable_schema" not in line and not re.match(r"(CREATE TABLE|INSERT INTO) .job_search_index", line):
            yield line


def test_there_is_an_old_database_of_every_revision(tmp_path):
    newest = HERE / "databases" / f"{schema.HEAD}.sql"
    if os.environ.get("JUPYTER_ML_WRITE_SNAPSHOTS"):
        with closing(sqlite3.connect(tmp_path / "workspace.db")) as old:
            old.executescript(max(set(OLD) - {newest}).read_text())
        Store.open(f"sqlite:///{tmp_path}/workspace.db").close()
        with closing(sqlite3.connect(tmp_path / "workspace.db")) as new:
            newest.write_text("\n".join(_dumped(new)) + "\n")
    assert sorted(file.stem for file in newest.parent.glob("*.sql")) == sorted(
        script.revision for script in SCRIPTS.walk_revisions()
    )


@pytest.mark.parametrize("dump", OLD, ids=lambda file: file.stem)
def test_an_old_database_is_brought_up_to_date(dump, tmp_path):
    file = tmp_path / "workspace.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(dump.read_text())
    with Store.open(f"sqlite:///{file}") as store:
        jobs = store.jobs.list(JobQuery(archived=None, descending=False)).items
        assert [job.name for job in jobs] == ["train-1", "train-2", "by-hand"]
        assert jobs[0].metrics == {"r2": 0.5}
        with store._database.read() as connection:
            similar = dict(connection.execute(text("SELECT name, similarity FROM jobs")).all())
        assert similar == {job.name: job.spec.similarity if job.spec else None for job in jobs}
        assert store.jobs.attempts("train-1")[0].state == "Completed"
        assert store.events.last() > 0
        [experiment] = store.experiments.list(ExperimentQuery(filter="DIAB")).items
        assert (experiment.name, experiment.archived, experiment.revision) == ("diabetes", False, 1)
        assert experiment.last_job_at == max(job.created_at for job in jobs)
        found = store.jobs.list(JobQuery(archived=None, filter="TRAIN.IPYNB")).items
        assert [job.name for job in found] == ["train-2", "train-1"]
        [compute] = store.computes.list(ComputeQuery()).items
        assert (compute.name, compute.type, compute.slots, compute.settings) == ("local", "local", None, {})
    Store.open(f"sqlite:///{tmp_path}/new.db").close()
    assert described(f"sqlite:///{file}") == described(f"sqlite:///{tmp_path}/new.db")


@pytest.fixture
def older(monkeypatch):
    """A migration that still has to run, after the ones there are."""
    monkeypatch.setattr(schema, "HEAD", "9999")
    monkeypatch.setattr(
        schema,
        "upgrade",
        lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")),
    )


def test_a_sqlite_file_is_kept_before_an_upgrade(tmp_path, older, monkeypatch):
    file = tmp_path / "workspace.db"
    with monkeypatch.context() as context:
        context.setattr(schema, "HEAD", "0001")
        Store.open(f"sqlite:///{file}").close()
    Store.open(f"sqlite:///{file}").close()
    kept = tmp_path / "workspace.db.0001.bak"
    with closing(sqlite3.connect(kept)) as old, closing(sqlite3.connect(file)) as new:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert new.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_an_upgrade_that_fails_changes_nothing(url, older, monkeypatch):
    with monkeypatch.context() as context:
        context.setattr(schema, "HEAD", "0001")
        Store.open(url).close()

    def fail(connection):
        connection.execute(text("DROP TABLE events"))
        connection.execute(text("SELECT nonsense"))

    with monkeypatch.context() as context:
        context.setattr(schema, "upgrade", fail)
        with pytest.raises(WorkspaceError, match="nonsense"):
            Store.open(url)
    with Store.open(url) as store:
        assert store.events.last() == 0


def test_a_newer_database_is_refused(url):
    Store.open(url).close()
    set_revision(url, "0815")
    before = described(url)
    with pytest.raises(NewerDatabaseError, match=r"0815, which jupyter-ml 9\.9 wrote .*upgrade jupyter-ml"):
        Store.open(url)
    assert described(url) == before


NEWER = {
    "a column is renamed": ["ALTER TABLE experiments RENAME COLUMN goal TO direction"],
    "a table is renamed": ["ALTER TABLE experiments RENAME TO experiment_groups"],
    "a column is required": [  # SQLite creates the table again for that
        "DROP TABLE experiments CASCADE",
        (
            "CREATE TABLE experiments (name TEXT PRIMARY KEY, description TEXT, created_at BIGINT,"
            " lifecycle_stage INTEGER, revision INTEGER, search TEXT, last_job_at BIGINT, primary_metric TEXT,"
            " goal TEXT, view TEXT, owner TEXT NOT NULL)"
        ),
    ],
}


@pytest.mark.parametrize("statements", NEWER.values(), ids=NEWER)
def test_a_process_that_runs_during_an_upgrade_reports_it(url, statements):
    with Store.open(url) as running:
        running.experiments.list(ExperimentQuery())  # with statements that the connection keeps
        other = Database(url)
        with other.write() as connection:
            for statement in statements:
                connection.execute(text(statement.replace(" CASCADE", "") if other.file else statement))
        other.close()
        set_revision(url, "0815")
        expected = r"^the workspace was upgraded by jupyter-ml 9\.9 to schema 0815 while .*: restart it$"
        with pytest.raises(NewerDatabaseError, match=expected):
            running.experiments.create(ExperimentCreate(name="new"))
        with pytest.raises(NewerDatabaseError, match=expected):
            running.require_current()


def test_a_process_that_runs_during_a_compatible_upgrade_continues(url):
    with Store.open(url) as running:
        set_revision(url, "0815")
        running.experiments.create(ExperimentCreate(name="new"))
        with pytest.raises(ConflictError, match="already"):
            running.experiments.create(ExperimentCreate(name="new"))
